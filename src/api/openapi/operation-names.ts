// How operations are called and addressed in a document: each by names that no other one has there.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import type { Principal } from '../../model/roles.js';
import { freeName } from './free-name.js';

export interface OperationNames {
  path: string;
  operationId: string;
  /** Of the schemas that it refers to. */
  component: string;
  /** For people. */
  title: string;
  tag: string;
}

/** What the names follow from. */
interface Known {
  viewer: Principal;
  /** The names of users by their ids. */
  owners: Map<number, string>;
  /** Names of components that the document has anyway. */
  taken: Iterable<string>;
}

/** In the order of the rows; the viewer's own ones are named first. */
export function operationNames(rows: DefinitionRow[], { viewer, owners, taken }: Known): OperationNames[] {
  const [ids, components] = [new Set<string>(), new Set(taken)];
  const isOwn = (row: DefinitionRow) => row.ownerId === viewer.userId;
  const named = new Map<DefinitionRow, OperationNames>();
  for (const row of [...rows.filter(isOwn), ...rows.filter((row) => !isOwn(row))]) {
    const owner = isOwn(row) ? null : owners.get(row.ownerId);
    const reference = referenceTo(row, owner);
    const operationId = freeName(reference.includes(':') ? `${owner}--${row.name}` : idOf(row, owner), ids);
    named.set(row, {
      path: `/call/${reference.split(':').map(encodeURIComponent).join(':')}`,
      operationId,
      component: freeName(operationId.replace(/[^A-Za-z0-9_-]/g, '_'), components),
      title: row.name ?? `definition ${row.id}`,
      tag: tagOf(row, owner),
    });
  }
  return rows.map((row) => named.get(row)!);
}

/** What means this definition and no other one; `owner`: null for the viewer, undefined for a user who was removed. */
function referenceTo({ id, name }: DefinitionRow, owner: string | null | undefined): string {
  if (name === null || owner === undefined) return String(id);
  // owner/name could be a definition of the viewer and the name of a file
  return owner === null ? name : `${owner}:${name}`;
}

function idOf({ id, name }: DefinitionRow, owner: string | null | undefined): string {
  return owner === null && name !== null ? name : `definition_${id}`;
}

function tagOf(row: DefinitionRow, owner: string | null | undefined): string {
  const said = parsedDefinition(row).tags?.find((tag) => tag.trim() !== '');
  if (said !== undefined) return said;
  if (owner === null) return 'Your definitions';
  return owner === undefined ? 'Definitions of removed users' : `Definitions of ${owner}`;
}
