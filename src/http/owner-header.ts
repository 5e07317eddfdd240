// The header Definition-Owner: whose definition an answer is about, since others may share a definition of the same name.
import type { FastifyReply } from 'fastify';

/** Percent-encoded as in an address; nothing for a user who was removed. */
export function addOwner(reply: FastifyReply, name: string | null): void {
  if (name !== null) void reply.header('definition-owner', encodeURIComponent(name));
}
