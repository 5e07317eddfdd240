// Which launcher starts programs here and how far they are isolated: tried by really running a program at each level.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Settings } from './config.js';
import type { RunUser } from './execute/run-users.js';
import { trialPrefix } from './protocol/control-directory.js';
import { ChildProcessLauncher } from './worker/child-process-launcher.js';
import { type Launcher, type LaunchLevel, type LaunchSpec, launchLevels } from './worker/launcher.js';
import { NativeLauncher } from './worker/native-launcher.js';

/** Beside the bundle. */
export const launcherBinary = join(import.meta.dirname, '../launcher/procreg-launcher');

export interface Trial {
  level: LaunchLevel;
  works: boolean;
  /** Why it does not work. */
  reason: string | null;
}

export interface Isolation {
  launcher: Launcher;
  level: LaunchLevel;
  trials: Trial[];
  /** Why the launcher is not the native one. */
  note: string | null;
}

export interface TrialGround {
  runsRoot: string;
  /** The work directories' folder, in which the trial runs. */
  workRoot: string;
  user: RunUser | null;
  masked: string[];
}

/** Throws an Error in one line when less than ISOLATION_MIN, or than what ISOLATION names, is possible. */
export async function chooseIsolation(settings: Settings, ground: TrialGround): Promise<Isolation> {
  const { launcher, note } = await chooseLauncher(settings, ground.runsRoot);
  const trials = await tryLevels(launcher, ground);
  const working = trials.filter(({ works }) => works).map(({ level }) => level);
  const wanted = settings.isolation === 'auto' ? working.at(-1) : settings.isolation;
  const failed = trials.find(({ level, works }) => level === wanted && !works);
  if (wanted === undefined || failed) throw new Error(`ISOLATION=${settings.isolation} is not possible: ${reasons(trials)}`);
  if (launchLevels.indexOf(wanted) < launchLevels.indexOf(settings.isolationMin)) {
    throw new Error(`ISOLATION_MIN=${settings.isolationMin} is not reached: ${reasons(trials)}`);
  }
  return { launcher, level: wanted, trials, note };
}

/** Weakest first. */
export async function tryLevels(launcher: Launcher, ground: TrialGround): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const level of launchLevels) trials.push(await tryLevel(launcher, level, ground));
  return trials;
}

function reasons(trials: Trial[]): string {
  const failed = trials.filter(({ works }) => !works);
  return failed.map(({ level, reason }) => `${level}: ${reason}`).join('; ') || 'a weaker one is chosen by ISOLATION';
}

export async function chooseLauncher(settings: Settings, runsRoot: string): Promise<{ launcher: Launcher; note: string | null }> {
  const fallback = (reason: string) => {
    if (settings.launcher === 'native') throw new Error(`LAUNCHER=native is not possible: ${reason}`);
    return { launcher: new ChildProcessLauncher(runsRoot), note: `${reason}; programs are started by child_process` };
  };
  if (settings.launcher === 'child_process') return { launcher: new ChildProcessLauncher(runsRoot), note: null };
  if (!existsSync(launcherBinary)) return fallback('the native launcher is not compiled (npm run build needs a C compiler)');
  const launcher = new NativeLauncher({ binary: launcherBinary, runsRoot });
  try {
    await launcher.connect();
    return { launcher, note: null };
  } catch (error) {
    return fallback((error as Error).message);
  }
}

async function tryLevel(launcher: Launcher, level: LaunchLevel, { workRoot, user, masked }: TrialGround): Promise<Trial> {
  if (level !== 'process' && launcher.name !== 'native') return { level, works: false, reason: 'needs the native launcher' };
  const spec: LaunchSpec = {
    runId: `${trialPrefix}${uuidv7()}`,
    note: '',
    level,
    exec: '/bin/true',
    argv: [],
    cwd: workRoot,
    environment: {},
    user,
    stdin: 'empty',
    terminal: null,
    pipes: [],
    holdPipes: false,
    masked,
    kept: workRoot,
    cgroups: [],
    limits: {},
    timeoutMs: 5000,
    graceMs: 0,
    outputLimitBytes: 0,
  };
  try {
    const process = await launcher.launch(spec);
    const { exitCode, signal } = await process.ended;
    process.release();
    return { level, works: exitCode === 0, reason: exitCode === 0 ? null : `/bin/true ended with ${exitCode ?? signal}` };
  } catch (error) {
    return { level, works: false, reason: (error as Error).message };
  }
}
