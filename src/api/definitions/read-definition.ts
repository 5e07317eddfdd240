// Bodies that carry definitions: one object, or tastypie's lists.
import type { NewDefinition } from '../../definitions/definition-writes.js';
import type { ListChange } from '../../definitions/definitions.js';
import { invalidDefinition, listFaults } from '../../definitions/faults.js';
import { validateDefinition } from '../../definitions/validate-definition.js';
import { isObject } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';
import { inTurns } from '../../model/in-turns.js';
import type { Principal } from '../../model/roles.js';

/** The members of a list are written in one transaction, and no other request is answered meanwhile. */
const listBound = 2000;

/** `{"definition": {...}, "id"?: n}`; resource_uri and unknown fields are ignored. */
export async function readNew(author: Principal, body: Record<string, unknown>): Promise<NewDefinition> {
  const id = readId(body.id);
  return { ...(id !== undefined && { id }), definition: await readDefinition(author, body) };
}

export async function readDefinition(author: Principal, body: Record<string, unknown>): Promise<ProcessDefinition> {
  if (body.definition === undefined) {
    const hint = 'exec' in body ? '; the body is {"definition": {"exec": …}}' : '';
    throw invalidDefinition(listFaults([{ path: 'definition', message: `is required${hint}` }]));
  }
  return validateDefinition(body.definition, author.userId);
}

/** For PATCH: a body without a definition changes nothing. */
export async function readChange(author: Principal, body: Record<string, unknown>): Promise<ProcessDefinition | undefined> {
  return body.definition === undefined ? undefined : readDefinition(author, body);
}

function readId(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw new CodedError('invalid_request', `id must be a whole number, got ${JSON.stringify(value)}`);
}

export function readMembers(body: Record<string, unknown>): Record<string, unknown>[] {
  const { objects } = body;
  if (objects === undefined) throw new CodedError('invalid_request', "Invalid data sent: missing 'objects'");
  if (!Array.isArray(objects) || !objects.every(isObject)) throw new CodedError('invalid_request', "'objects' must be a list of objects");
  return bounded('objects', objects);
}

/** The members of a list PATCH: one with a resource_uri changes a definition, one without is new. */
export function readListChanges(author: Principal, body: Record<string, unknown>): Promise<ListChange[]> {
  return inTurns(readMembers(body), async (member) => {
    if (member.resource_uri === undefined) return { create: await readNew(author, member) };
    return { reference: readUri(member.resource_uri), definition: await readChange(author, member) };
  });
}

export function readDeletions({ deleted_objects: deleted = [] }: Record<string, unknown>): string[] {
  if (!Array.isArray(deleted)) throw new CodedError('invalid_request', "'deleted_objects' must be a list of resource_uris");
  return bounded('deleted_objects', deleted).map(readUri);
}

function bounded<Item>(name: string, list: Item[]): Item[] {
  if (list.length <= listBound) return list;
  throw new CodedError('invalid_request', `'${name}' may have at most ${listBound} members, got ${list.length}`);
}

function readUri(value: unknown): string {
  if (typeof value === 'string' && /\/api\/process_definition\/[^/]+\/?$/.test(value)) return value;
  throw new CodedError('invalid_request', `${JSON.stringify(value)} is not the resource_uri of a definition`);
}
