// Removes what a program left without ever following a link, even when something still changes the tree meanwhile.
import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { pathOf } from './entry-names.js';

/** Removes `path` and all below it; a path that is gone already is not an error. */
export async function removeTree(path: string | Buffer): Promise<void> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await empty(directory).finally(() => directory.close());
    await rmdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP') await unlink(path);
    else if (code === 'EACCES') await unlockAndRemove(path);
    else if (code !== 'ENOENT') throw error;
  }
}

/** Entries are named through the open directory, so a parent that was swapped for a link leads nowhere. */
async function empty(directory: FileHandle): Promise<void> {
  // as bytes: not every name is text
  for (const entry of await readdir(`/proc/self/fd/${directory.fd}`, { withFileTypes: true, encoding: 'buffer' })) {
    const path = pathOf(directory, entry.name);
    await (entry.isDirectory() ? removeTree(path) : unlink(path));
  }
}

/** For a server that is not root: a directory of our own user without read permission gets the permission and is tried once more. */
async function unlockAndRemove(path: string | Buffer): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory() || (found.mode & 0o700) === 0o700) throw new Error(`cannot remove ${path}: permission denied`);
  await chmod(path, 0o700);
  await removeTree(path);
}
