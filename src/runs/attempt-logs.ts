// The logs of a run that is followed: one after the other, since each attempt of a service begins its own.
import type { AttemptLog, LogSource } from '../model/log-source.js';
import { logUntil } from '../model/log-until.js';
import { ActiveRun } from './active-run.js';
import { ParkedRun } from './parked-run.js';
import type { RunEntity } from './run.entity.js';
import type { Runs } from './runs.js';

/** The reader closes each log. Ends when the run has ended, or after the present log when the run is not followed. */
export async function* logsOf(
  runs: Runs,
  { id, attempt }: RunEntity,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): AsyncGenerator<AttemptLog> {
  const run = runs.followed(id);
  if (run instanceof ParkedRun && follow) {
    yield { log: run.openLog(), attempt, source: run };
    const taken = await run.taken(signal);
    if (taken) yield* taken.logs(signal, attempt);
  } else if (run instanceof ActiveRun && follow) yield* run.logs(signal);
  else yield { log: await sizedLog(runs, id, signal), attempt: run?.row?.attempt ?? attempt };
}

/** The log with everything that was written until now. */
async function sizedLog(runs: Runs, id: string, signal: AbortSignal): Promise<LogSource> {
  const log = logUntil(await runs.log(id), signal);
  await log.sized();
  return log;
}
