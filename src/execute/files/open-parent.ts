// Opens the folder that a file of a run is in, part by part through descriptors; missing ones are made for the run user.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { CodedError } from '../../protocol/coded-error.js';
import { folderFlags, isOwn, type LeftPlace, openLeftDirectory } from '../left-behind.js';

export interface Parent {
  folder: FileHandle;
  /** Where the file is, by way of the descriptor. */
  target: string;
}

/** The caller closes the folder. Throws errors of the system, and path_taken. */
export async function openParent(place: LeftPlace, path: string, { make }: { make: boolean }): Promise<Parent> {
  const parts = path.split('/');
  const name = parts.pop();
  let folder = await openLeftDirectory(place);
  for (const part of parts) {
    const parent = folder;
    try {
      folder = await openFolder(`/proc/self/fd/${parent.fd}/${part}`, place, make);
    } finally {
      await parent.close();
    }
  }
  return { folder, target: `/proc/self/fd/${folder.fd}/${name}` };
}

async function openFolder(path: string, place: LeftPlace, make: boolean): Promise<FileHandle> {
  const made = make && (await makeFolder(path));
  const folder = await open(path, folderFlags).catch((error) => {
    throw make && ['ELOOP', 'ENOTDIR'].includes(error.code) ? taken(path) : error;
  });
  try {
    if (made && place.user) await folder.chown(place.user.uid, place.user.gid);
    if (await isOwn(folder, place)) return folder;
    throw taken(path);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** False when something is there already. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function taken(path: string): CodedError {
  return new CodedError('path_taken', `'${path.split('/').pop()}' is no folder of the run's own`);
}
