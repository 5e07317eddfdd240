// The roles `launcher` and `stop`: the launcher as a service of its own, and the end of every run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './config.js';
import { launcherBinary } from './isolation.js';
import { makeDataDirectory } from './machine.js';
import { partFault } from './worker/compiled-part.js';
import { stopAllRuns } from './worker/launcher-connection.js';
import { runLauncher } from './worker/launcher-process.js';

/** Resolves when the launcher has left: it has had neither a server nor a run for a while, or was told to. */
export async function launcher(settings: Settings): Promise<void> {
  const fault = partFault(launcherBinary);
  if (fault) throw new Error(`the native launcher cannot run: ${fault}`);
  makeDataDirectory(settings);
  const runsRoot = join(settings.dataDir, 'runs');
  mkdirSync(runsRoot, { recursive: true, mode: 0o700 });
  process.exitCode = await runLauncher({ binary: launcherBinary, runsRoot });
}

export async function stop({ dataDir, graceMs }: Settings): Promise<void> {
  const stopped = await stopAllRuns(join(dataDir, 'runs'));
  const said = `every run of ${dataDir} is being stopped: TERM now, KILL after its grace (${graceMs / 1000} s by default)`;
  console.log(stopped ? said : `no launcher is running for ${dataDir}: there is no run to stop`);
}
