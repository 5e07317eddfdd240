// Opens what a program left: part by part, never through a link, never blocking, and only a regular file or a directory.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CodedError } from '../protocol/coded-error.js';
import { relativePathFault } from '../protocol/file-names.js';
import type { RunStage } from './run-stage.js';
import type { RunUser } from './run-users.js';

export const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A folder, a path in it that a program may have made anything of, and whose the file there must be. */
export interface LeftPlace {
  root: string;
  path: string;
  user: RunUser | null;
}

/** Where `path`, seen from the program's cwd, lies. */
export function leftPlace({ cwd, directory }: Pick<RunStage, 'cwd' | 'directory'>, path: string): LeftPlace {
  const inside = relative(directory.root, cwd);
  const { user } = directory;
  return inside.startsWith('..') ? { root: cwd, path, user } : { root: directory.root, path: join(inside, path), user };
}

/** The regular file; output_error when it is missing, anything else, or not the run's own. */
export async function openLeftFile(place: LeftPlace): Promise<FileHandle> {
  return judged(await openLeftPlace(place, fileFlags), async (file) => {
    if ((await file.stat()).isFile() && (await isOwn(file, place))) return;
    throw new CodedError('output_error', `the program left '${place.path}', but it is not a regular file of its own`);
  });
}

/** The folder; output_error when it is missing, anything else, or not the run's own. */
export async function openLeftDirectory(place: LeftPlace): Promise<FileHandle> {
  return judged(await openLeftPlace(place, folderFlags), async (folder) => {
    if (!(await isOwn(folder, place))) throw new CodedError('output_error', `the folder '${place.path}' is not the run's own`);
  });
}

/** The handle, which is closed when `judge` throws. */
export async function judged(handle: FileHandle, judge: (handle: FileHandle) => Promise<void>): Promise<FileHandle> {
  try {
    await judge(handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The server may read more than the program: only what the program made is collected for it. */
export async function isOwn(handle: FileHandle, { user }: Pick<LeftPlace, 'user'>): Promise<boolean> {
  return user === null || (await handle.stat()).uid === user.uid;
}

/** Whatever is there, which the caller must judge; output_error when it cannot be opened without passing a link. */
export async function openLeftPlace({ root, path }: LeftPlace, lastFlags: number): Promise<FileHandle> {
  const fault = relativePathFault(path);
  if (fault) throw new CodedError('output_error', `the path '${path}' ${fault}`);
  const parts = path.split('/');
  let handle = await open(root, folderFlags);
  for (const [index, part] of parts.entries()) {
    const parent = handle;
    try {
      handle = await open(`/proc/self/fd/${parent.fd}/${part}`, index === parts.length - 1 ? lastFlags : folderFlags);
    } catch (error) {
      throw leftError(error, path);
    } finally {
      await parent.close();
    }
  }
  return handle;
}

function leftError(error: unknown, path: string): CodedError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CodedError('output_error', `the program left no file '${path}'`);
  if (code === 'ELOOP' || code === 'ENOTDIR') return new CodedError('output_error', `'${path}' leads through a link or a file`);
  return new CodedError('output_error', `'${path}' cannot be opened (${code})`);
}
