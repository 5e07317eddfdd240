// One definition as the page reads it: with its version and its owner, anew whenever it has changed.

import { api } from '../api/client.js';
import type { LiveEvent } from '../api/live.js';
import { isAdmin, isAuthor, type Who } from '../frame/who.js';
import { type Resource, useResource } from './resource.js';

export interface StoredDefinition {
  id: number;
  definition: DefinitionContent;
  /** For If-Match. */
  etag: string;
  owner: string;
  /** When it was saved. */
  savedAt: string;
}

/** What a definition says, as far as its author has written it. */
export interface DefinitionContent {
  name?: string;
  description?: string;
  tags?: string[];
  exec: string;
  visibility?: 'private' | 'shared';
  [key: string]: unknown;
}

/** `reference`: id, name, or owner:name. */
export function useDefinition(reference: string): Resource<StoredDefinition> {
  const read = (signal: AbortSignal) => readDefinition(reference, signal);
  return useResource(`definition ${reference}`, read, (event) => isAbout(event, reference));
}

export async function readDefinition(reference: string, signal?: AbortSignal): Promise<StoredDefinition> {
  const { data, response } = await api.GET('/api/process_definition/{ref}/', { params: { path: { ref: reference } }, signal });
  const header = (name: string) => response.headers.get(name) ?? '';
  return {
    id: data!.id,
    definition: data!.definition as DefinitionContent,
    etag: header('ETag'),
    owner: decodeURIComponent(header('Definition-Owner')),
    savedAt: header('Last-Modified'),
  };
}

function isAbout({ type, data }: LiveEvent, reference: string): boolean {
  if (!type.startsWith('definition.') || typeof data !== 'object') return false;
  const { id, name, owner } = data;
  // a name may be given to a definition, and taken from one
  return [String(id), name, `${owner}:${name}`].includes(reference) || !/^\d+$/.test(reference);
}

export function mayChange(who: Who, { owner }: Pick<StoredDefinition, 'owner'>): boolean {
  return isAdmin(who) || (isAuthor(who) && owner === who.user.username);
}

/** The name in addresses: that of another user's definition has its owner before it, one without a name its number. */
export function referenceOf(who: Who, { id, definition: { name }, owner }: Pick<StoredDefinition, 'id' | 'definition' | 'owner'>): string {
  if (!name) return String(id);
  return owner === who.user.username ? name : `${owner}:${name}`;
}
