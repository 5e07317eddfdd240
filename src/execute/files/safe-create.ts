// Creates what a run finds at its start: new, owned by the run user, and reached part by part through folders of the run alone.
import { type FileHandle, open } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileDate } from '../../model/file-times.js';
import { copyBytes, makeNewFile } from '../../model/new-file.js';
import type { WorkDirectory } from '../directories/work-directories.js';
import { openParent, type Parent } from './open-parent.js';

/** Creates an empty file and the folders that it needs; `path` leads into a folder of the run's root. The caller closes the file. */
export async function makeFile(directory: WorkDirectory, path: string, mode = 0o600): Promise<FileHandle> {
  const { folder, target } = await parentOf(directory, path);
  try {
    return await makeNewFile({ path: target, mode, owner: directory.user });
  } finally {
    await folder.close();
  }
}

/** Creates a file with the bytes, the permissions and the times of `source`. */
export async function copyInto(directory: WorkDirectory, source: string, path: string): Promise<void> {
  const original = await open(source, 'r');
  try {
    const { atimeMs, mtimeMs, mode } = await original.stat();
    const file = await makeFile(directory, path, mode & 0o777);
    try {
      await copyBytes(original, file);
      await file.utimes(fileDate(atimeMs), fileDate(mtimeMs));
    } finally {
      await file.close();
    }
  } finally {
    await original.close();
  }
}

/** Creates the folders of `path`, all parts except the last. */
export async function makeFolders(directory: WorkDirectory, path: string): Promise<void> {
  const { folder } = await parentOf(directory, path);
  await folder.close();
}

/** Throws path_taken when something else is in the way. */
function parentOf({ root, user }: WorkDirectory, path: string): Promise<Parent> {
  const [first, ...rest] = relative(root, path).split('/');
  return openParent({ root, path: first, user }, rest.join('/'), { make: true });
}
