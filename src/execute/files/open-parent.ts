// Opens the folder of a run's file, part by part through descriptors; missing folders are created for the run user.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import { entryPath } from '../directories/entry-names.js';
import { folderFlags, isOwn, type LeftPlace, openLeftDirectory } from './safe-open.js';

export interface Parent {
  folder: FileHandle;
  /** Where the file is, by way of the descriptor. */
  target: string | Buffer;
}

/** The caller closes the folder. Throws errors of the system, and path_taken. */
export async function openParent(place: LeftPlace, path: string, { make }: { make: boolean }): Promise<Parent> {
  const parts = path.split('/');
  const name = parts.pop() as string;
  let folder = await openLeftDirectory(place);
  for (const part of parts) {
    const parent = folder;
    try {
      folder = await openFolder(parent, part, { place, make });
    } finally {
      await parent.close();
    }
  }
  return { folder, target: await entryPath(folder, name) };
}

async function openFolder(parent: FileHandle, name: string, { place, make }: { place: LeftPlace; make: boolean }): Promise<FileHandle> {
  const path = await entryPath(parent, name);
  const made = make && (await makeFolder(path));
  const folder = await open(path, folderFlags).catch((error) => {
    throw make && ['ELOOP', 'ENOTDIR'].includes(error.code) ? taken(name) : error;
  });
  try {
    if (made && place.user) await folder.chown(place.user.uid, place.user.gid);
    if (await isOwn(folder, place)) return folder;
    throw taken(name);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** False when something is there already. */
async function makeFolder(path: string | Buffer): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function taken(name: string): CodedError {
  return new CodedError('path_taken', `'${name}' is not a folder that belongs to the run`);
}
