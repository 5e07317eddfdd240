// Which file `exec` means, and whether the run user may start it: reported before the start, with the reason.
import { type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CodedError } from '../model/coded-error.js';
import type { RunUser } from './directories/run-users.js';

/** How long a result is reused; what has changed by then, the start itself finds out. */
const believedMs = 1000;
const believedBound = 1000;
/** What an author can do about a program that the user of the run may not start. */
const waysOut = 'store a script in `files` of the definition, run it as another user with `run_as`, or open it with `chmod`';
const believed = new Map<string, { path: string; untilMs: number }>();

/** The absolute path to start. `runPath` is a PATH string; throws spawn_error. */
export function resolveExecutable(exec: string, runPath: string, user: RunUser | null): string {
  const key = `${exec}\0${runPath}\0${user === null ? '' : (user.named?.name ?? '-')}`;
  const nowMs = performance.now();
  const known = believed.get(key);
  if (known && nowMs < known.untilMs) return known.path;
  const path = findExecutable(exec, runPath, user);
  if (believed.size >= believedBound) believed.clear();
  believed.set(key, { path, untilMs: nowMs + believedMs });
  return path;
}

function findExecutable(exec: string, runPath: string, user: RunUser | null): string {
  if (isAbsolute(exec)) return checked(exec, user);
  if (exec.includes('/')) {
    throw new CodedError(
      'spawn_error',
      `exec '${exec}' is neither an absolute path nor a name to look up in PATH, nor one of the definition's files`,
    );
  }
  const found = runPath
    .split(':')
    .map((folder) => join(folder, exec))
    .filter((path) => mayReach(path, user) && statOf(path)?.isFile());
  const [first] = found;
  if (!first) throw new CodedError('spawn_error', `no program '${exec}' in the PATH of runs (${runPath})`);
  return checked(found.find((path) => mayExecute(statSync(path), user)) ?? first, user);
}

function checked(path: string, user: RunUser | null): string {
  if (!mayReach(path, user)) throw new CodedError('spawn_error', `${wordsFor(user)} may not reach ${path}; ${waysOut}`);
  const found = statOf(path);
  if (!found) throw new CodedError('spawn_error', `the program ${path} does not exist`);
  if (!found.isFile())
    throw new CodedError('spawn_error', `${path} is not a program but a ${found.isDirectory() ? 'directory' : 'special file'}`);
  if (!mayExecute(found, user)) {
    const mode = `its mode is 0${(found.mode & 0o7777).toString(8)}`;
    throw new CodedError('spawn_error', `${wordsFor(user)} may not execute ${path}: ${mode}; ${waysOut}`);
  }
  return path;
}

function wordsFor(user: RunUser | null): string {
  if (!user) return `the server's user (uid ${process.getuid?.()})`;
  return user.named ? `the user '${user.named.name}' (uid ${user.uid})` : `the run user (uid ${user.uid})`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function mayExecute(found: Stats, user: RunUser | null): boolean {
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const gids = user ? (user.named?.groups ?? [user.gid]) : (process.getgroups?.() ?? []);
  if (uid === 0) return (found.mode & 0o111) !== 0;
  if (uid === found.uid) return (found.mode & 0o100) !== 0;
  return (found.mode & (gids.includes(found.gid) ? 0o010 : 0o001)) !== 0;
}

/** Whether the run user may pass every folder on the way; if not, nothing is reported about what lies there. */
function mayReach(path: string, user: RunUser | null): boolean {
  if (user === null) return true;
  const parent = dirname(path);
  const found = statOf(parent);
  const passable = found === undefined || mayExecute(found, user);
  return passable && (parent === '/' || mayReach(parent, user));
}
