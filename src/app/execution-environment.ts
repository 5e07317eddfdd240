// Prepares what runs get from this machine: their user, their directories, their launcher.
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Logger } from '@nestjs/common';
import { removeTree } from '../execute/directories/remove-tree.js';
import { DynamicRunUsers, FixedRunUser, type RunUser, type RunUsers } from '../execute/directories/run-users.js';
import { WorkDirectories } from '../execute/directories/work-directories.js';
import { ControlGroups } from '../execute/run/control-groups.js';
import type { ExecutorSettings } from '../execute/run/executor-settings.js';
import { OwnAddresses } from '../model/own-addresses.js';
import { RunAsUsers } from '../model/run-as-users.js';
import { Shortage } from '../model/shortage.js';
import { systemUser } from '../model/system-users.js';
import type { Settings } from '../settings/settings.js';
import { launcherFolders } from '../worker/launcher-connection.js';
import { ownFolder } from '../worker/own-folder.js';
import { chooseIsolation, type Isolation } from './isolation.js';
import { missingIds } from './mapped-ids.js';

export interface ExecutionEnvironment {
  executor: ExecutorSettings;
  isolation: Isolation;
  /** The remarks that the boot prints about this environment. */
  notes: string[];
  /** Removes what lies outside DATA_DIR and WORK_DIR; to be called when nothing runs any more. */
  cleanUp: () => Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/** Creates DATA_DIR: the run user, whose work directory may lie in it, can pass through it but cannot read the server's files. */
export function makeDataDirectory({ dataDir }: Settings): void {
  mkdirSync(dataDir, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
}

/** Creates what belongs in DATA_DIR, which the caller has locked. Throws an Error in one line when that fails. */
export async function prepareExecutionEnvironment(settings: Settings, launcherOptional = false): Promise<ExecutionEnvironment> {
  const users = runUsers(settings);
  const ownUser = users.sample === null;
  const runsRoot = join(settings.dataDir, 'runs');
  mkdirSync(runsRoot, { recursive: true, mode: 0o700 });
  const { path, note } = workRoot(settings, !ownUser || (isRoot && settings.runAsUsers.length > 0));
  // a program that runs as the server's own user could speak to the launcher, and so start others outside its namespaces
  const hidden = [path, ...(ownUser ? launcherFolders() : [])];
  const masked = [settings.dataDir, ...hidden.filter((folder) => !isInside(folder, settings.dataDir))];
  const prefix = randomBytes(4).toString('hex');
  const ground = { runsRoot, workRoot: path, user: users.sample, masked, path: settings.runPath, prefix };
  const isolation = await chooseIsolation(settings, ground, launcherOptional);
  const executor = {
    launcher: isolation.launcher,
    level: isolation.level,
    isolation: isolation.ofEveryRun,
    sandbox: isolation.sandbox,
    masked,
    workDirectories: new WorkDirectories(path, {
      users,
      prefix,
      usersReturn: isolation.level !== 'process',
    }),
    runAsUsers: new RunAsUsers(settings.runAsUsers, {
      obstacle: runAsObstacle(isolation),
      runUids: users instanceof DynamicRunUsers ? settings.runUids : null,
    }),
    controlGroups: ControlGroups.find(ownName(settings)),
    bounds: { processes: settings.maxProcesses, fileBytes: settings.maxFileBytes },
    runsRoot,
    keptInputBytes: settings.keepInputBytes,
    runPath: settings.runPath,
    passedEnvironment: Object.fromEntries(
      settings.passEnv.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    graceMs: settings.graceMs,
    ownAddresses: new OwnAddresses(),
    shortage: new Shortage((reason) => new Logger('runs').warn(`runs wait: ${reason}`)),
  };
  const sharing = ownUser && isolation.level === 'process' ? ["programs run as the server's own user and share its rights (RUN_AS)"] : [];
  const cleanUp = async () => {
    executor.controlGroups.close();
    if (note && isolation.launcher.name !== 'native') await removeTree(path);
  };
  const notes = [note, isolation.note, ...sharing].filter((one) => one !== null && one !== undefined);
  return { executor, isolation, notes, cleanUp };
}

/** Throws an Error in one line when programs cannot run as RUN_AS says. */
export function runUsers({ runAs, runUids }: Settings): RunUsers {
  if (runAs === undefined) return isRoot ? dynamicUsers(runUids) : new FixedRunUser(null);
  if (runAs === 'dynamic') {
    if (!isRoot) throw new Error('RUN_AS=dynamic requires that the server runs as root');
    return dynamicUsers(runUids);
  }
  const user = runUser(runAs);
  if (user.uid === process.getuid?.()) return new FixedRunUser(null);
  if (!isRoot) throw new Error(`RUN_AS=${runAs} requires that the server runs as root`);
  return new FixedRunUser(user);
}

function dynamicUsers(runUids: Settings['runUids']): RunUsers {
  const missing = missingIds(runUids);
  if (missing) throw new Error(missing);
  return new DynamicRunUsers(runUids);
}

function runUser(name: string): RunUser {
  const user = systemUser(name);
  if (!user) throw new Error(`RUN_AS names the user '${name}', who does not exist on this machine`);
  return { uid: user.uid, gid: user.gid };
}

/** Why no program of this server can run as a user of the machine; null: it can. */
function runAsObstacle({ launcher }: Isolation): string | null {
  if (!isRoot) return 'this server does not run as root, so its programs cannot run as another user';
  return launcher.name === 'native' ? null : 'run_as needs the native launcher, which gives a program the groups of its user';
}

/** The name under which this server keeps what it has outside DATA_DIR. */
function ownName({ dataDir }: Settings): string {
  return `procreg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
}

/** With this mode the run user can reach its own directory and cannot list the others. */
const passable = 0o711;

/** The folder of the work directories, where the run user can reach it. Below WORK_DIR or the temporary folder its name is derived from DATA_DIR. */
function workRoot(settings: Settings, otherUser: boolean): { path: string; note?: string } {
  const { workDir, dataDir } = settings;
  const wanted = workDir ? ownFolder(join(workDir, ownName(settings)), { mode: passable }) : join(dataDir, 'work');
  if (!workDir) makeTraversable(wanted);
  if (!otherUser || reachable(wanted)) return { path: wanted };
  const path = ownFolder(join(tmpdir(), ownName(settings)), { mode: passable });
  return { path, note: `the run user cannot reach ${wanted}; work directories are in ${path} (WORK_DIR)` };
}

function makeTraversable(path: string): void {
  mkdirSync(path, { recursive: true, mode: passable });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new Error(`${path} must be a directory that belongs to the user of the server`);
  chmodSync(path, passable);
}

function reachable(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  return path === '/' || reachable(dirname(path));
}

function isInside(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith('..');
}
