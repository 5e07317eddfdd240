// Decides which launcher starts programs here and how far they are isolated, by running a program at each level.
import { join } from 'node:path';
import type { Sandbox } from '../execute/sandbox/sandbox.js';
import { type IsolationLevel, isBelow } from '../model/isolation-levels.js';
import type { Settings } from '../settings/settings.js';
import { ChildProcessLauncher } from '../worker/child-process-launcher.js';
import { compiledPart } from '../worker/compiled-part.js';
import type { Launcher, LaunchLevel } from '../worker/launcher.js';
import { NativeLauncher } from '../worker/native-launcher.js';
import { type IsolationProbe, type ProbeTarget, probeLevels, probeSandbox } from './isolation-probes.js';
import { missingGuarantees } from './missing-guarantees.js';

/** The compiled launcher, which lies next to the bundle. */
const compiled = join(import.meta.dirname, '../launcher');
export const launcherBinary = compiledPart(compiled, 'procreg-launcher');
export const listenHelper = compiledPart(compiled, 'procreg-listen');

export interface Isolation {
  launcher: Launcher;
  /** The level that the launcher applies to every run. */
  level: LaunchLevel;
  /** The level of runs that request no other: `level`, or sandbox. */
  ofEveryRun: IsolationLevel;
  /** Null: a sandbox is not possible here; its trial says why. */
  sandbox: Sandbox | null;
  trials: IsolationProbe[];
  /** Why the launcher is not the native one, unless LAUNCHER says so. */
  note: string | null;
}

/** `launcherOptional`: if the native launcher cannot run, LAUNCHER=auto uses child_process. Throws an Error in one line when only less than ISOLATION_MIN, or less than ISOLATION, is possible. */
export async function chooseIsolation(settings: Settings, ground: ProbeTarget, launcherOptional: boolean): Promise<Isolation> {
  const { launcher, note } = await chooseLauncher(settings, ground.runsRoot, launcherOptional);
  const levels = await probeLevels(launcher, ground);
  const strongest = levels.filter(({ works }) => works).at(-1)?.level as LaunchLevel | undefined;
  const { trial, sandbox } = await probeSandbox(launcher, { ...ground, level: strongest ?? 'process' });
  const trials = [...levels, trial];
  const ofEveryRun = wantedLevel(settings, strongest);
  if (!ofEveryRun || trials.some(({ level, works }) => level === ofEveryRun && !works)) {
    const name = settings.isolation === 'auto' ? `ISOLATION_MIN=${settings.isolationMin}` : `ISOLATION=${settings.isolation}`;
    throw new Error(`${name} is not possible: ${reasons(trials)}`);
  }
  if (isBelow(ofEveryRun, settings.isolationMin))
    throw new Error(`ISOLATION_MIN=${settings.isolationMin} is not reached: ${reasons(trials)}`);
  const level = ofEveryRun === 'sandbox' ? strongest! : ofEveryRun;
  return { launcher, level, ofEveryRun, sandbox, trials, note };
}

/** `auto` takes the strongest level of the launcher. It takes a sandbox, which shows a program little of the machine, only where ISOLATION_MIN demands it. */
export function wantedLevel({ isolation, isolationMin }: Settings, strongest: LaunchLevel | undefined): IsolationLevel | undefined {
  if (isolation !== 'auto') return isolation;
  return isolationMin === 'sandbox' ? 'sandbox' : strongest;
}

function reasons(trials: IsolationProbe[]): string {
  const failed = trials.filter(({ works }) => !works);
  return failed.map(({ level, reason }) => `${level}: ${reason}`).join('; ') || 'ISOLATION chooses a weaker level';
}

interface ChosenLauncher {
  launcher: Launcher;
  note: string | null;
}

/** Throws an Error in one line when the wanted launcher cannot be used. */
export async function chooseLauncher({ launcher: wanted }: Settings, runsRoot: string, isOptional: boolean): Promise<ChosenLauncher> {
  const simple = new ChildProcessLauncher(runsRoot);
  if (wanted === simple.name) return { launcher: simple, note: null };
  const launcher = new NativeLauncher({ binary: launcherBinary, runsRoot });
  try {
    await launcher.connect();
    return { launcher, note: null };
  } catch (error) {
    launcher.close();
    const reason = `the native launcher cannot run: ${(error as Error).message}`;
    if (wanted === 'auto' && isOptional) return { launcher: simple, note: `${reason}; programs are started by ${simple.name}` };
    const without = `LAUNCHER=${simple.name} starts programs without it, with these consequences: ${missingGuarantees(simple).join('; ')}`;
    throw new Error(`LAUNCHER=${wanted} is not possible: ${reason}. ${without}`);
  }
}
