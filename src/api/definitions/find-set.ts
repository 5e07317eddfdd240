// What set/1;2;tr/ names: the rows in the requested order, and what is missing.

import { parseReference } from '../../definitions/definition-references.js';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import type { Definitions } from '../../definitions/definitions.js';
import { HeldDefinitions, tooManyNamed } from '../../definitions/held-definitions.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';

const bound = 1000;

export async function findSet(
  definitions: Definitions,
  viewer: Principal,
  texts: string[],
): Promise<{ rows: DefinitionRow[]; missing: string[] }> {
  if (texts.length > bound) throw new CodedError('invalid_request', `a set may name at most ${bound} definitions, got ${texts.length}`);
  const references = texts.map((text) => ({ text, reference: parseReference(text) }));
  const ids = references.flatMap(({ reference }) => (reference && 'id' in reference ? [reference.id] : []));
  const { rows: found, isCut } = await definitions.rows.byIds(viewer, [...new Set(ids)]);
  if (isCut) throw tooManyNamed();
  const byId = new Map(found.map((row) => [row.id, row]));
  const held = new HeldDefinitions();
  const rows: DefinitionRow[] = [];
  const missing: string[] = [];
  for (const { text, reference } of references) {
    const named = reference && 'name' in reference ? await definitions.references.find(viewer, text).catch(() => undefined) : undefined;
    const row = reference && 'id' in reference ? byId.get(reference.id) : named;
    if (row) rows.push(row);
    else missing.push(text);
    // a definition that is named several times is sent several times
    if (row) held.add(row);
    if (held.areMany) throw tooManyNamed();
  }
  return { rows, missing };
}
