// Opens what a program left: part by part, never through a link, never blocking, and only a regular file or a directory.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CodedError } from '../protocol/coded-error.js';
import { relativePathFault } from '../protocol/file-names.js';
import type { WorkDirectory } from './work-directories.js';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The regular file `path` below the run's directory; output_error when it is missing, anything else, or not the run's own. */
export async function openLeftFile(directory: WorkDirectory, path: string): Promise<FileHandle> {
  const file = await openLeft(directory.root, path, fileFlags);
  const found = await file.stat();
  const own = directory.user === null || found.uid === directory.user.uid;
  if (found.isFile() && own) return file;
  await file.close();
  throw new CodedError('output_error', `the program left '${path}', but it is not a regular file of its own`);
}

/** The folder `path` below the run's directory; output_error when it is missing or anything else. */
export function openLeftDirectory(directory: WorkDirectory, path: string): Promise<FileHandle> {
  return openLeft(directory.root, path, folderFlags);
}

async function openLeft(root: string, path: string, lastFlags: number): Promise<FileHandle> {
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
