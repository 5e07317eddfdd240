// Opens what a program left: part by part, never through a link, never blocking, and only a regular file or a directory.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CodedError } from '../../model/coded-error.js';
import { storedPathFault } from '../../model/file-names.js';
import { entryPath } from '../directories/entry-names.js';
import type { RunUser } from '../directories/run-users.js';
import type { RunContext } from '../run/run-context.js';

export const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A folder, a path in it where a program may have put anything, and the user who must own the file there. */
export interface LeftPlace {
  root: string;
  path: string;
  user: RunUser | null;
  /** The entry was there when its folder was read. */
  isListed?: true;
}

/** The place of `path`, which is relative to the program's cwd. */
export function leftPlace({ cwd, directory }: Pick<RunContext, 'cwd' | 'directory'>, path: string): LeftPlace {
  const inside = relative(directory.root, cwd);
  const { user } = directory;
  return inside.startsWith('..') ? { root: cwd, path, user } : { root: directory.root, path: join(inside, path), user };
}

/** Opens the regular file; output_error when it is missing, of another kind, or not owned by the run. */
export async function openLeftFile(place: LeftPlace): Promise<FileHandle> {
  return judged(await opened(place, { what: 'file', flags: fileFlags }), async (file) => {
    const found = await file.stat();
    if (!found.isFile()) throw new CodedError('output_error', `'${place.path}' is ${kindOf(found)}, not a regular file`);
    await checkOwner(file, place);
  });
}

/** Opens the folder; output_error when it is missing, of another kind, or not owned by the run. */
export async function openLeftDirectory(place: LeftPlace): Promise<FileHandle> {
  return judged(await opened(place, { what: 'folder', flags: folderFlags }), (folder) => checkOwner(folder, place));
}

async function opened(place: LeftPlace, { what, flags }: { what: string; flags: number }): Promise<FileHandle> {
  return openLeftPlace(place, flags).catch((error) => {
    throw error instanceof MissingEntry ? new MissingEntry(absence(what, place)) : error;
  });
}

/** Returns the handle; closes it when the check `judge` throws. */
export async function judged(handle: FileHandle, judge: (handle: FileHandle) => Promise<void>): Promise<FileHandle> {
  try {
    await judge(handle);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The server may read more than the program: only what the program created is collected. */
export async function isOwn(handle: FileHandle, { user }: Pick<LeftPlace, 'user'>): Promise<boolean> {
  return user === null || (await handle.stat()).uid === user.uid;
}

async function checkOwner(handle: FileHandle, place: LeftPlace): Promise<void> {
  if (await isOwn(handle, place)) return;
  throw new CodedError('output_error', `'${place.path}' belongs to a user other than the run's`);
}

/** Opens whatever is there, which the caller must check; output_error when the place cannot be opened without passing a link. */
export async function openLeftPlace({ root, path }: LeftPlace, lastFlags: number): Promise<FileHandle> {
  const fault = storedPathFault(path);
  if (fault) throw new CodedError('output_error', `the path '${path}' ${fault}`);
  const parts = path.split('/');
  let handle = await open(root, folderFlags);
  for (const [index, part] of parts.entries()) {
    const parent = handle;
    const isLast = index === parts.length - 1;
    try {
      const entry = await entryPath(parent, part);
      handle = await open(entry, isLast ? lastFlags : folderFlags).catch(async (error) => {
        throw leftError(error, parts.slice(0, index + 1).join('/'), await lstat(entry).catch(() => null));
      });
    } finally {
      await parent.close();
    }
  }
  return handle;
}

/** There is no entry of the given name. */
export class MissingEntry extends CodedError {
  constructor(message: string) {
    super('output_error', message);
  }
}

function absence(what: string, { path, isListed }: LeftPlace): string {
  return isListed ? `the ${what} '${path}' was removed while the output was collected` : `the program left no ${what} '${path}'`;
}

/** The error of a failed attempt to open `path`. `found`: what was there after the attempt. */
function leftError({ code }: NodeJS.ErrnoException, path: string, found: Stats | null): CodedError {
  if (code === 'ENOENT') return new MissingEntry(`there is no '${path}'`);
  const wrongKind = ['ELOOP', 'ENOTDIR', 'ENXIO'].includes(code ?? '');
  if (wrongKind && found) return new CodedError('output_error', `'${path}' is ${kindOf(found)}`);
  if (code === 'EACCES') return new CodedError('output_error', `'${path}' cannot be read: its permissions forbid it`);
  return new CodedError('output_error', `'${path}' cannot be opened (${code})`);
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return 'a symbolic link, which is not followed';
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return found.isFile() ? 'a file, not a folder' : 'a device';
}
