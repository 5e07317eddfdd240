// Whoever waits for an answer may go away before it is there.
import type { FastifyReply } from 'fastify';

/** Aborted when nobody can get the answer any more: it has gone, or the caller has. */
export function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
