// The role `doctor`: reports what this machine supports, what is in use, and what is wrong, one line each.
import { chmodSync, existsSync, lstatSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { runUsers } from '../app/execution-environment.js';
import { chooseLauncher, wantedLevel } from '../app/isolation.js';
import { probeLevels, probeSandbox } from '../app/isolation-probes.js';
import { missingGuarantees } from '../app/missing-guarantees.js';
import { version } from '../app/version.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { dataSourceOptions } from '../database/data-source.js';
import type { RunUser } from '../execute/directories/run-users.js';
import { ControlGroups } from '../execute/run/control-groups.js';
import { isBelow } from '../model/isolation-levels.js';
import { databaseTarget, type Settings } from '../settings/settings.js';
import type { LaunchLevel } from '../worker/launcher.js';
import { askServer } from './ask-server.js';
import { setAsideRuns } from './unfinished-runs.js';

interface Finding {
  what: string;
  said: string;
  /** Undefined: the finding is neither good nor bad. */
  well?: boolean;
}

const diskWarningBytes = 2 ** 30;

/** Sets the exit code 1 when something prevents the server from starting. */
export async function doctor(settings: Settings): Promise<void> {
  const findings = [
    { what: 'process-registry', said: `${version} on Node ${process.version}, ${process.platform}, ${availableParallelism()} cores` },
    ...directories(settings),
    ...(await server(settings)),
    ...(await database(settings)),
    ...(await isolation(settings)),
  ];
  for (const { what, said, well } of findings) console.log(`${well === undefined ? '    ' : well ? 'ok  ' : 'BAD '}${what}: ${said}`);
  process.exitCode = findings.some(({ well }) => well === false) ? 1 : 0;
}

function directories({ dataDir, workDir }: Settings): Finding[] {
  if (!existsSync(dataDir)) return [{ what: 'DATA_DIR', said: `${dataDir} does not exist yet; the first start creates it` }];
  const { mode, uid } = lstatSync(dataDir);
  const own = uid === process.getuid?.();
  const free = statfsSync(dataDir);
  const freeBytes = free.bavail * free.bsize;
  return [
    {
      what: 'DATA_DIR',
      said: `${dataDir}, mode 0${(mode & 0o7777).toString(8)}, ${own ? 'owned by this user' : `owned by uid ${uid}`}`,
      well: own,
    },
    { what: 'disk', said: `${(freeBytes / 2 ** 30).toFixed(1)} GiB free`, well: freeBytes > diskWarningBytes },
    { what: 'work directories', said: workDir ?? join(dataDir, 'work') },
  ];
}

/** A server counts as running when it answers; another command may hold the lock. */
async function server(settings: Settings): Promise<Finding[]> {
  if (!existsSync(settings.dataDir)) return [];
  const what = 'server';
  try {
    const answer = await askServer(settings, { path: '/api/server/' });
    const { version: running, pid, url } = (answer ?? {}) as Record<string, string>;
    if (answer) return [{ what, said: `running on DATA_DIR: version ${running}, pid ${pid}, ${url}` }];
    return [{ what, said: `not running on DATA_DIR${isLocked(settings.dataDir) ? ', but another process holds its lock' : ''}` }];
  } catch (error) {
    return [{ what, said: (error as Error).message, well: false }];
  }
}

function isLocked(dataDir: string): boolean {
  if (!existsSync(join(dataDir, 'lock'))) return false;
  try {
    lockDataDirectory(dataDir)();
    return false;
  } catch {
    return true;
  }
}

/** Looks at the database without creating or migrating it. */
async function database(settings: Settings): Promise<Finding[]> {
  const target = databaseTarget(settings);
  const what = `database, DURABILITY=${settings.durability}`;
  if (target.kind === 'sqlite' && !existsSync(target.file)) return [{ what, said: `${target.file} does not exist yet` }];
  try {
    const options = await dataSourceOptions({ target, durability: settings.durability }, { entities: [], migrations: [] });
    const source = await new DataSource(options).initialize();
    await source.query('SELECT 1');
    // before the first start the database has no tables
    const aside = await setAsideRuns(source).catch(() => []);
    await source.destroy();
    return [{ what, said: `${options.type} answers`, well: true }, ...aside.map((said) => ({ what: 'run set aside', said }))];
  } catch (error) {
    return [{ what, said: (error as Error).message, well: false }];
  }
}

async function isolation(settings: Settings): Promise<Finding[]> {
  let user: RunUser | null;
  try {
    user = runUsers(settings).sample;
  } catch (error) {
    return [{ what: 'programs run as', said: (error as Error).message, well: false }];
  }
  return isolationOf(settings, user);
}

/** Tries each level with a separate launcher in a separate folder, so that the launcher of a running server is left alone. */
async function isolationOf(settings: Settings, user: RunUser | null): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-doctor-'));
  try {
    const { launcher, note } = await chooseLauncher(settings, folder, true);
    const ground = { runsRoot: folder, workRoot: folder, user, masked: [], path: settings.runPath, prefix: 'doctor' };
    chmodSync(folder, 0o711);
    const levels = await probeLevels(launcher, ground);
    const best = levels.filter(({ works }) => works).at(-1)?.level as LaunchLevel | undefined;
    const { trial } = await probeSandbox(launcher, { ...ground, level: best ?? 'process' });
    launcher.close();
    const trials = [...levels, trial];
    const wanted = wantedLevel(settings, best);
    const reached = trials.some(({ level, works }) => level === wanted && works && !isBelow(level, settings.isolationMin));
    return [
      { what: 'launcher', said: note ?? launcher.name, well: note === null },
      ...missingGuarantees(launcher).map((said) => ({ what: 'without the native launcher', said })),
      ...trials.map(({ level, works, reason }) => ({ what: `level ${level}`, said: works ? 'works' : (reason ?? 'does not work') })),
      {
        what: 'isolation',
        said: `ISOLATION=${settings.isolation} gives ${wanted ?? 'nothing'}; ISOLATION_MIN=${settings.isolationMin}`,
        well: reached,
      },
      { what: 'limits of all processes of a run together', said: treeLimits() },
      { what: 'programs run as', said: user === null ? "the server's own user" : `their own users, such as uid ${user.uid}` },
      { what: 'programs share', said: shared(best, user !== null) },
    ];
  } catch (error) {
    return [{ what: 'launcher', said: (error as Error).message, well: false }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tries the control groups under a separate name. */
function treeLimits(): string {
  const groups = ControlGroups.find('procreg-doctor');
  groups.close();
  const said = groups.limits.map((limit) => (limit === 'memoryBytes' ? 'memory' : limit)).join(', ');
  return said || 'none: control groups cannot be created here, so that limits apply to each process separately';
}

function shared(level: LaunchLevel | undefined, ownUsers: boolean): string {
  if (level === 'pidns')
    return 'the network, /tmp and files that all users may read; not their processes, not DATA_DIR, not their directories';
  if (ownUsers) return 'the network, /tmp, files that all users may read, and the list of processes';
  return 'everything of the user of the server: its files, its processes, DATA_DIR';
}
