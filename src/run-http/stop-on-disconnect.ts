// Stops the run of a caller that goes away before its response is complete.
import type { FastifyReply } from 'fastify';
import { wasRevoked } from '../http/open-request.js';
import type { StopRequest } from '../model/run-task.js';

/** A caller whose connection was cut because its credentials were revoked has not gone away. */
export function stopOnDisconnect({ raw }: FastifyReply, stop: (request: StopRequest) => void): void {
  const leave = () => {
    if (!raw.writableFinished && !wasRevoked(raw)) stop({ error: 'the caller went away' });
  };
  if (raw.destroyed) leave();
  else raw.once('close', leave);
}
