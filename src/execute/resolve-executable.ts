// Which file `exec` means, and whether the run user may start it: told before the start, with the reason.
import { type Stats, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CodedError } from '../protocol/coded-error.js';
import type { RunUser } from './run-users.js';

/** The absolute path to start. `runPath` is a PATH string; throws spawn_error. */
export function resolveExecutable(exec: string, runPath: string, user: RunUser | null): string {
  if (isAbsolute(exec)) return checked(exec, user);
  if (exec.includes('/')) {
    throw new CodedError('spawn_error', `exec '${exec}' is neither an absolute path nor a name to look up in PATH`);
  }
  const found = runPath
    .split(':')
    .map((folder) => join(folder, exec))
    .find((path) => statOf(path)?.isFile());
  if (!found) throw new CodedError('spawn_error', `no program '${exec}' in the PATH of runs (${runPath})`);
  return checked(found, user);
}

function checked(path: string, user: RunUser | null): string {
  const found = statOf(path);
  if (!found) throw new CodedError('spawn_error', `the program ${path} does not exist`);
  if (!found.isFile())
    throw new CodedError('spawn_error', `${path} is not a program but a ${found.isDirectory() ? 'directory' : 'special file'}`);
  if (!mayExecute(found, user)) {
    const who = user ? `the run user (uid ${user.uid})` : `the server's user (uid ${process.getuid?.()})`;
    throw new CodedError('spawn_error', `${who} may not execute ${path}: its mode is 0${(found.mode & 0o7777).toString(8)}`);
  }
  return path;
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
  const gids = user ? [user.gid] : (process.getgroups?.() ?? []);
  if (uid === 0) return (found.mode & 0o111) !== 0;
  if (uid === found.uid) return (found.mode & 0o100) !== 0;
  return (found.mode & (gids.includes(found.gid) ? 0o010 : 0o001)) !== 0;
}
