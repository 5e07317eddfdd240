// Whoever waits for an answer may go away before it is there.
import type { FastifyReply } from 'fastify';

/** Aborted when nobody can get the answer any more: it has gone, or the caller has. */
export function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}

/** At once when it is aborted already, of which a listener would not hear. */
export function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
