// Definitions as the server keeps them: read by reference, with the version that a change must find again.
import { Failure } from '../failure.js';
import type { Connection } from '../http/connection.js';
import { Refusal } from '../http/refusal.js';
import { segment } from '../http/segment.js';
import type { Session } from '../session.js';

export type Definition = Record<string, unknown> & { name?: string; tags?: string[] };

export interface Stored {
  id: number;
  definition: Definition;
  etag: string;
}

interface Wire {
  definition: Definition;
  id: number;
}

/** `ref`: an id, a name, or owner:name. */
export function definitionPath(ref: string | number): string {
  return `/api/process_definition/${segment(ref)}/`;
}

export async function readStored(connection: Connection, ref: string | number): Promise<Stored> {
  const { body, headers } = await connection.receive<Wire>({ path: definitionPath(ref) });
  return { id: body.id, definition: body.definition, etag: String(headers.etag) };
}

/** The caller's own definition with this name; never one that another user shares. */
export async function ownStored(session: Session, name: string): Promise<Stored | undefined> {
  const owner = await session.username();
  return readStored(session.connection, `${owner}:${name}`).catch((error) => {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  });
}

/** How many definitions are asked for in one request. */
const pageSize = 200;

/** The most bytes of all pages together, and the most pages: what the server says of their number is not believed. */
const listBytes = 256 * 2 ** 20;
const mostPages = 5000;

/** All definitions that the filters leave. An older server ignores filters that it does not know. */
export async function listStored(connection: Connection, filters: Record<string, string> = {}): Promise<Wire[]> {
  const all: Wire[] = [];
  let left = listBytes;
  for (let page = 0; page < mostPages && left >= 0; page++) {
    const query = new URLSearchParams({ ...filters, limit: String(pageSize), offset: String(all.length), order_by: 'name' });
    const path = `/api/process_definition/?${query}`;
    const { bytes, body } = await connection.receive<{ meta: { total_count: number }; objects: Wire[] }>({ path });
    const { meta, objects } = body;
    left -= bytes;
    for (const one of objects) all.push(one);
    if (objects.length === 0 || all.length >= meta.total_count) return all;
  }
  throw new Failure('the list of definitions does not end');
}
