// Whoever waits for an answer may go away before it is there; one that only ends its half of the connection waits on.
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** How often a caller that has ended its half of the connection is asked whether it is there. */
const askEveryMs = 2000;

/** Aborted when nobody can get the answer any more: it has gone, or the caller has. */
export function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  onceGone(raw, () => gone.abort());
  return gone.signal;
}

/**
 * Calls `act` once the connection is closed, or the answer is whole. That a caller ends its half of the connection says nothing: it may
 * have closed all of it, or wait for the answer (`nc -N`). It is asked by an interim answer (102, RFC 2518; any client of HTTP/1.1 reads
 * over it): the system of a caller that has gone refuses that, and the connection is closed.
 */
export function onceGone(raw: ServerResponse, act: () => void): void {
  if (raw.destroyed) return act();
  const ask = () => {
    if (!raw.headersSent && !raw.destroyed && raw.req.httpVersion === '1.1') raw.writeProcessing();
  };
  let asking: NodeJS.Timeout | undefined;
  const halfClosed = () => {
    ask();
    asking = setInterval(ask, askEveryMs);
  };
  const socket = raw.req.socket;
  if (socket.readableEnded) halfClosed();
  else socket.once('end', halfClosed);
  raw.once('close', () => {
    clearInterval(asking);
    socket.off('end', halfClosed);
    act();
  });
}

/** At once when it is aborted already, of which a listener would not hear. */
export function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
