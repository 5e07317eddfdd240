// The header Vary, which several parts of the server add to.
import type { FastifyReply } from 'fastify';

/** Adds a request header by which the response differs; what is there stays. */
export function addVary(reply: FastifyReply, name: string): FastifyReply {
  const named = String(reply.getHeader('vary') ?? '');
  const known = named.split(',').some((one) => one.trim().toLowerCase() === name.toLowerCase());
  return known ? reply : reply.header('vary', named === '' ? name : `${named}, ${name}`);
}
