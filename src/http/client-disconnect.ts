// Notices when a client goes away before its response is sent.
import type { FastifyReply } from 'fastify';

/** Aborted when the response cannot be delivered any more: it was sent, or the caller has gone away. */
export function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Calls `act` when the signal is aborted; at once when it already is, since a listener would not be called then. */
export function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
