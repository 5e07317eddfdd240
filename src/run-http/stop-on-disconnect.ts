// A caller that goes away before its answer is whole takes its run along.
import type { FastifyReply } from 'fastify';
import { wasRevoked } from '../http/open-request.js';
import type { ActiveRun } from '../runs/active-run.js';

/** One that was cut because its credentials hold no longer has not gone away. */
export function stopOnDisconnect({ raw }: FastifyReply, run: ActiveRun | undefined): void {
  const stop = () => {
    if (!raw.writableFinished && !wasRevoked(raw)) run?.stop({ error: 'the caller went away' });
  };
  if (raw.destroyed) stop();
  else raw.once('close', stop);
}
