// Refuses a request that says twice what can be said once: Node takes the first one, and a proxy in front may have decided by another.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';

/** In small letters, with how a sentence calls them. Of others that Node takes once nothing depends that a proxy decides. */
const single = new Map(['Host', 'Authorization', 'Content-Type'].map((name) => [name.toLowerCase(), name]));
const lengths = new Set([...single.keys()].map(({ length }) => length));

/** Throws invalid_request (RFC 9110, section 5.3, and for Host RFC 9112, section 3.2). */
export function refuseRepeatedHeaders({ raw: { rawHeaders } }: FastifyRequest): void {
  const counts = new Map<string, number>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = lengths.has(rawHeaders[at].length) ? single.get(rawHeaders[at].toLowerCase()) : undefined;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts)
    if (count > 1) throw new CodedError('invalid_request', `a request must have one header ${name}, got ${count}`);
}
