// How a job's program says on which port it listens: the variables that tell it where to, and the time that it has.
import type { Socket } from 'node:net';
import { basePath } from '../../http/urls.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { jobUid } from './job-info.js';

/** From the start of its program on. */
export const registrationMs = 30_000;

/** Where whoever starts a job has found this server: there its program finds it as well. */
export type ReachedAt = Pick<Socket, 'localAddress' | 'localPort'>;

export function registrationVariables(id: string, reached: ReachedAt): Record<string, string> {
  const address = (reached.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const host = address.includes(':') ? `[${address}]` : address;
  const scheme = 'encrypted' in reached ? 'https' : 'http';
  const endpoint = `${scheme}://${host}:${reached.localPort}${basePath()}/job_started`;
  return propertyVariables({ JOB_ENDPOINT: endpoint, JOB_ID: jobUid(id) });
}

/** By which names jobs know what is said of their machine. */
export function propertyVariables(properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`DA__PAGENT__${name}`, value]));
}

/** False: it has ended before, or the time is over. The time in which it waits for its turn does not count. */
export async function isReady(run: ActiveRun): Promise<boolean> {
  await run.settled;
  const late = AbortSignal.timeout(registrationMs);
  while (!isListening(run) && run.row.state !== 'finished' && !late.aborted) await run.changed(late);
  return isListening(run);
}

/** Its program runs, and it is known where it listens, if it does. */
function isListening({ row }: ActiveRun): boolean {
  return row.state === 'running' && row.port !== 0;
}
