// The document of definitions is made once for each caller, and again when a definition, or a name of an owner, has changed.
import { expect, test } from 'vitest';
import type { Users } from '../../src/accounts/users.js';
import { DefinitionDocuments, DocumentBasis } from '../../src/api/openapi/definition-documents.js';
import type { DefinitionRow } from '../../src/definitions/definition-rows.js';
import type { Principal } from '../../src/model/roles.js';

const names = new Map([
  [1, 'ann'],
  [2, 'bob'],
]);
const [ann, bob] = [1, 2].map((userId) => ({ userId, username: names.get(userId), role: 'author' }) as unknown as Principal);

function row(id: number, ownerId: number, more: Partial<DefinitionRow> = {}): DefinitionRow {
  const definition = JSON.stringify({ exec: 'true', description: `Number ${id}` });
  return { id, ownerId, name: `program-${id}`, shared: true, tool: false, definition, revision: 1, updatedAtMs: 1, ...more };
}

test('It is made once per caller until something in it changes, and then by the operations that have not', async () => {
  let made = 0;
  const basis = new DocumentBasis('1');
  basis.schemas = () => {
    made++;
    return {};
  };
  const documents = new DefinitionDocuments({ names: async () => new Map(names) } as unknown as Users, basis);
  const rows = [row(1, 1), row(2, 2), row(3, 1)];
  const of = async (viewer: Principal, given = rows, isCut = false) => {
    const { bytes, tag } = await documents.of(viewer, given, isCut);
    return { text: bytes.toString(), tag, made };
  };
  const first = await of(ann);
  expect(await of(ann)).toEqual({ ...first, made: 1 });
  const ofBob = await of(bob);
  expect([ofBob.made, ofBob.tag === first.tag, (await of(bob)).made, (await of(ann)).made]).toEqual([2, false, 2, 2]);

  const changed = [rows[0], row(2, 2, { revision: 2, updatedAtMs: 2, definition: '{"exec":"true","description":"Changed"}' }), rows[2]];
  const second = await of(ann, changed);
  expect([second.made, (await of(ann, changed)).made, second.tag === first.tag]).toEqual([3, 3, false]);
  expect(second.text).toBe(first.text.replaceAll('Number 2', 'Changed'));
  expect((await of(ann, changed, true)).made).toBe(4);
  names.set(2, 'rob');
  expect(JSON.parse((await of(ann, changed)).text).paths['/call/rob:program-2']).toBeDefined();
});
