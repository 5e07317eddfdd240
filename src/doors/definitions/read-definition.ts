// Bodies that carry definitions: one object, or tastypie's lists.
import type { NewDefinition } from '../../definitions/definition-writes.js';
import type { ListChange } from '../../definitions/definitions.js';
import { invalidDefinition } from '../../definitions/faults.js';
import { validateDefinition } from '../../definitions/validate-definition.js';
import { CodedError } from '../../protocol/coded-error.js';
import type { ProcessDefinition } from '../../protocol/definition.js';
import { isObject } from '../json-body.js';

/** `{"definition": {...}, "id"?: n}`; resource_uri and unknown fields are ignored. */
export function readNew(body: Record<string, unknown>): NewDefinition {
  const id = readId(body.id);
  return { ...(id !== undefined && { id }), definition: readDefinition(body) };
}

export function readDefinition(body: Record<string, unknown>): ProcessDefinition {
  if (body.definition === undefined) throw invalidDefinition([{ path: 'definition', message: 'is required' }]);
  return validateDefinition(body.definition);
}

/** For PATCH: a body without a definition changes nothing. */
export function readChange(body: Record<string, unknown>): ProcessDefinition | undefined {
  return body.definition === undefined ? undefined : readDefinition(body);
}

function readId(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw new CodedError('invalid_request', `the id must be a whole number, not ${JSON.stringify(value)}`);
}

export function readMembers(body: Record<string, unknown>): Record<string, unknown>[] {
  const { objects } = body;
  if (objects === undefined) throw new CodedError('invalid_request', "Invalid data sent: missing 'objects'");
  if (!Array.isArray(objects) || !objects.every(isObject)) throw new CodedError('invalid_request', "'objects' must be a list of objects");
  return objects;
}

/** Members of a list PATCH: with a resource_uri they change what is there, without one they are new. */
export function readListChanges(body: Record<string, unknown>): ListChange[] {
  return readMembers(body).map((member) => {
    if (member.resource_uri === undefined) return { create: readNew(member) };
    return { reference: readUri(member.resource_uri), definition: readChange(member) };
  });
}

export function readDeletions({ deleted_objects: deleted = [] }: Record<string, unknown>): string[] {
  if (!Array.isArray(deleted)) throw new CodedError('invalid_request', "'deleted_objects' must be a list of resource_uris");
  return deleted.map(readUri);
}

function readUri(value: unknown): string {
  if (typeof value === 'string' && /\/api\/process_definition\/[^/]+\/?$/.test(value)) return value;
  throw new CodedError('invalid_request', `${JSON.stringify(value)} is not the resource_uri of a definition`);
}
