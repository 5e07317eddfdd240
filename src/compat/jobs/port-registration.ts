// How a job's program reports the port on which it listens: the variables that tell it where to call, and the time limit.
import type { Socket } from 'node:net';
import { basePath } from '../../http/urls.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { jobUid } from './job-info.js';

/** How long after the start of its program a job may take to report its port. */
export const registrationMs = 30_000;

/** The address at which the client that starts a job has reached this server: the job's program can use the same address. */
export type ReachedAt = Pick<Socket, 'localAddress' | 'localPort'>;

export function registrationVariables(id: string, reached: ReachedAt): Record<string, string> {
  const address = (reached.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const host = address.includes(':') ? `[${address}]` : address;
  const scheme = 'encrypted' in reached ? 'https' : 'http';
  const endpoint = `${scheme}://${host}:${reached.localPort}${basePath()}/job_started`;
  return propertyVariables({ JOB_ENDPOINT: endpoint, JOB_ID: jobUid(id) });
}

/** The names of the variables that tell jobs about their machine. */
export function propertyVariables(properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`DA__PAGENT__${name}`, value]));
}

/** False: the run has ended first, or the time is over. The time in which the run waits for its turn does not count. */
export async function isReady(run: ActiveRun): Promise<boolean> {
  await run.settled;
  const late = AbortSignal.timeout(registrationMs);
  while (!isListening(run) && run.row.state !== 'finished' && !late.aborted) await run.changed(late);
  return isListening(run);
}

/** Whether the program runs and its port is known, if one is expected. */
function isListening({ row }: ActiveRun): boolean {
  return row.state === 'running' && row.port !== 0;
}
