// The roles `launcher` and `stop`: the launcher as a service of its own, and the end of every run.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { askServer } from './ask-server.js';
import type { Settings } from './config.js';
import { launcherBinary } from './isolation.js';
import { makeDataDirectory } from './machine.js';
import { stopAllRuns } from './worker/launcher-connection.js';
import { runLauncher } from './worker/launcher-process.js';

/** Resolves when the launcher has left: it has had neither a server nor a run for a while, or was told to. */
export async function launcher(settings: Settings): Promise<void> {
  if (!existsSync(launcherBinary)) throw new Error('the native launcher is not compiled (npm run build needs a C compiler)');
  makeDataDirectory(settings);
  const runsRoot = join(settings.dataDir, 'runs');
  mkdirSync(runsRoot, { recursive: true, mode: 0o700 });
  process.exitCode = await runLauncher({ binary: launcherBinary, runsRoot });
}

/** By the server when there is one, which then starts nothing of it again; else by the launcher. */
export async function stop(settings: Settings): Promise<void> {
  const { dataDir, graceMs } = settings;
  const answer = (await askServer(settings, { method: 'POST', path: '/api/server/stop-runs/' })) as { stopping: number } | null;
  const stopped = answer ? answer.stopping > 0 : await stopAllRuns(join(dataDir, 'runs'));
  if (answer?.stopping === 0) return console.log(`no run waits or runs on ${dataDir}`);
  const said = `every run of ${dataDir} is being stopped: TERM now, KILL after its grace (${graceMs / 1000} s by default)`;
  console.log(stopped ? said : `no launcher is running for ${dataDir}: there is no run to stop`);
}
