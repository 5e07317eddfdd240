// Makes what a run finds at its start: new, the run user's own, and reached part by part through folders of the run alone.
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { openParent, type Parent } from './files/open-parent.js';
import type { WorkDirectory } from './work-directories.js';

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** An empty file and the folders that it needs; `path` leads into a folder of the run's root. The caller closes it. */
export async function makeFile(directory: WorkDirectory, path: string): Promise<FileHandle> {
  const { folder, target } = await parentOf(directory, path);
  try {
    return await ownFile(directory, target);
  } finally {
    await folder.close();
  }
}

/** The same with the bytes of `source`, and its times. */
export async function copyInto(directory: WorkDirectory, source: string, path: string): Promise<void> {
  const file = await makeFile(directory, path);
  try {
    await copyFile(source, `/proc/self/fd/${file.fd}`);
    const { atime, mtime } = await stat(source);
    await file.utimes(atime, mtime);
  } finally {
    await file.close();
  }
}

/** The folders of `path` but for the last part. */
export async function makeFolders(directory: WorkDirectory, path: string): Promise<void> {
  const { folder } = await parentOf(directory, path);
  await folder.close();
}

/** Throws path_taken when something else is in the way. */
function parentOf({ root, user }: WorkDirectory, path: string): Promise<Parent> {
  const [first, ...rest] = relative(root, path).split('/');
  return openParent({ root, path: first, user }, rest.join('/'), { make: true });
}

async function ownFile({ user }: WorkDirectory, path: string): Promise<FileHandle> {
  const file = await open(path, newFile, 0o600);
  try {
    if (user) await file.chown(user.uid, user.gid);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
