// The roles `launcher` and `stop-all`: runs the launcher as a separate service, and stops every run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDirectory } from '../app/execution-environment.js';
import { launcherBinary } from '../app/isolation.js';
import type { Settings } from '../settings/settings.js';
import { partFault } from '../worker/compiled-part.js';
import { stopAllRuns } from '../worker/launcher-connection.js';
import { runLauncher } from '../worker/launcher-process.js';
import { askServer } from './ask-server.js';
import { endUnfinishedRuns } from './unfinished-runs.js';

/** Resolves when the launcher has ended, because it had neither a server nor a run for a while, or because it was told to end. */
export async function launcher(settings: Settings): Promise<void> {
  const fault = partFault(launcherBinary);
  if (fault) throw new Error(`the native launcher cannot run: ${fault}`);
  makeDataDirectory(settings);
  const runsRoot = join(settings.dataDir, 'runs');
  mkdirSync(runsRoot, { recursive: true, mode: 0o700 });
  process.exitCode = await runLauncher({ binary: launcherBinary, runsRoot });
}

/** Stops every run through the server when one is running, so that it restarts none of them; otherwise through the launcher, or in the database. */
export async function stop(settings: Settings): Promise<void> {
  const { dataDir, graceMs } = settings;
  const answer = (await askServer(settings, { method: 'POST', path: '/api/server/stop-runs/' })) as { stopping: number } | null;
  if (answer?.stopping === 0) return console.log(`no run is waiting or active on ${dataDir}`);
  const stopped = answer !== null || (await stopAllRuns(join(dataDir, 'runs')));
  if (stopped)
    return console.log(`every run of ${dataDir} is being stopped: TERM now, KILL after its grace (${graceMs / 1000} s by default)`);
  // the runs of a launcher end within their grace, and the next server records their ends
  const left = await endUnfinishedRuns(settings);
  const what = left > 0 ? `${left} runs that were left in its database were ended` : 'there is no run to stop';
  console.log(`no launcher is running for ${dataDir}: ${what}`);
}
