// Stops the run of a caller that goes away before its response is complete.
import type { FastifyReply } from 'fastify';
import { wasRevoked } from '../http/open-request.js';
import type { ActiveRun } from '../runs/active-run.js';

/** A caller whose connection was cut because its credentials were revoked has not gone away. */
export function stopOnDisconnect({ raw }: FastifyReply, run: ActiveRun | undefined): void {
  const stop = () => {
    if (!raw.writableFinished && !wasRevoked(raw)) run?.stop({ error: 'the caller went away' });
  };
  if (raw.destroyed) stop();
  else raw.once('close', stop);
}
