// Finds out whether an isolation level works here: the program `true` is really run in it, as the run user.
import { chmod, chown, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { removeTree } from '../execute/directories/remove-tree.js';
import type { RunUser } from '../execute/directories/run-users.js';
import { Sandbox, sandboxFailure } from '../execute/sandbox/sandbox.js';
import { trialPrefix } from '../model/control-directory.js';
import type { IsolationLevel } from '../model/isolation-levels.js';
import { compiledPart } from '../worker/compiled-part.js';
import { type Launcher, type LaunchLevel, type LaunchSpec, launchLevels } from '../worker/launcher.js';

/** The compiled sandbox, which lies next to the bundle. */
const sandboxBinary = compiledPart(join(import.meta.dirname, '../launcher'), 'procreg-sandbox');

export interface IsolationProbe {
  level: IsolationLevel;
  works: boolean;
  /** Why the level does not work. */
  reason: string | null;
}

export interface ProbeTarget {
  runsRoot: string;
  /** The work directories' folder, in which the trial runs. */
  workRoot: string;
  user: RunUser | null;
  masked: string[];
  /** Where bubblewrap is looked up. */
  path: string;
  /** The prefix of the server's own names among the work directories. */
  prefix: string;
}

/** Tries each level, the weakest first. */
export async function probeLevels(launcher: Launcher, ground: ProbeTarget): Promise<IsolationProbe[]> {
  const trials: IsolationProbe[] = [];
  for (const level of launchLevels) trials.push(await tryLevel(launcher, level, ground));
  return trials;
}

function tryLevel(launcher: Launcher, level: LaunchLevel, ground: ProbeTarget): Promise<IsolationProbe> {
  if (level !== 'process' && launcher.name !== 'native') return failed(level, 'needs the native launcher');
  return tryRun(launcher, level, () => Promise.resolve(trialSpec(level, ground)));
}

async function failed(level: IsolationLevel, reason: string): Promise<IsolationProbe> {
  return { level, works: false, reason };
}

/** Tries the sandbox inside the isolation that the launcher applies at `level`. */
export async function probeSandbox(
  launcher: Launcher,
  ground: ProbeTarget & { level: LaunchLevel },
): Promise<{ trial: IsolationProbe; sandbox: Sandbox | null }> {
  const { workRoot, prefix, path, user } = ground;
  let root: string | undefined;
  try {
    if (launcher.name !== 'native') throw new Error('needs the native launcher');
    const sandbox = Sandbox.prepare(sandboxBinary, path);
    root = await mkdtemp(join(workRoot, `${prefix}-trial`));
    await chmod(root, 0o711);
    const spec = { ...trialSpec(ground.level, ground), cwd: root, kept: root };
    const trial = await tryRun(launcher, 'sandbox', () => sandbox.enclose(spec, { root: root!, makeFolder: folderOf(user) }, false));
    const reason = (await sandboxFailure(root))?.message ?? trial.reason;
    return { trial: { ...trial, reason }, sandbox: trial.works ? sandbox : null };
  } catch (error) {
    return { trial: await failed('sandbox', (error as Error).message), sandbox: null };
  } finally {
    if (root) await removeTree(root);
  }
}

function folderOf(user: RunUser | null): (path: string) => Promise<string> {
  return async (path) => {
    await mkdir(path, { mode: 0o700 });
    if (user) await chown(path, user.uid, user.gid);
    return path;
  };
}

async function tryRun(launcher: Launcher, level: IsolationLevel, makeSpec: () => Promise<LaunchSpec>): Promise<IsolationProbe> {
  try {
    const process = await launcher.launch(await makeSpec());
    const { exitCode, signal } = await process.ended;
    process.release();
    return { level, works: exitCode === 0, reason: exitCode === 0 ? null : `/bin/true ended with ${exitCode ?? signal}` };
  } catch (error) {
    return failed(level, (error as Error).message);
  }
}

function trialSpec(level: LaunchLevel, { workRoot, user, masked }: ProbeTarget): LaunchSpec {
  return {
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
    stopSignal: 'SIGKILL',
    graceMs: 0,
    outputLimitBytes: 0,
  };
}
