// Puts a file into a run's directory: written under another name next to its place, then moved there in one step.
import { randomBytes } from 'node:crypto';
import { constants, lstatSync, renameSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import type { NewFile, PutFile } from '../../model/run-files.js';
import { fileEtag } from './file-etag.js';
import { checkOpen, type FilePlace } from './file-place.js';
import { openParent, type Parent } from './open-parent.js';

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Whether this is a file that is still arriving: it does not count as a file of the run. */
export function isArriving(name: string): boolean {
  return /^\.procreg-[0-9a-f]{16}$/.test(name);
}

/** Throws path_taken, wrong_state, what the condition throws, and errors of the system. */
export async function putFile(place: FilePlace, file: NewFile): Promise<PutFile> {
  const parent = await openParent(place, file.path, { make: true });
  const arriving = `/proc/self/fd/${parent.folder.fd}/.procreg-${randomBytes(8).toString('hex')}`;
  try {
    if (file.condition) checkFormer(parent, file);
    const handle = await open(arriving, newFile, 0o600);
    try {
      await fill(handle, file, place);
      return moveIn(arriving, parent, { place, file });
    } catch (error) {
      await unlink(arriving).catch(() => {});
      throw error;
    } finally {
      await handle.close();
    }
  } finally {
    await parent.folder.close();
  }
}

async function fill(handle: FileHandle, { content, executable, modifiedAt }: NewFile, { user }: FilePlace): Promise<void> {
  for await (const chunk of await content()) await handle.writeFile(chunk);
  if (user) await handle.chown(user.uid, user.gid);
  if (executable) await handle.chmod(0o700);
  if (modifiedAt) await handle.utimes(modifiedAt, modifiedAt);
}

/** In one turn of the event loop, so that a run which ends meanwhile is seen. */
function moveIn(arriving: string, parent: Parent, { place, file }: { place: FilePlace; file: NewFile }): PutFile {
  checkOpen(place);
  const isNew = !checkFormer(parent, file);
  renameSync(arriving, parent.target);
  const stats = lstatSync(parent.target, { bigint: true, throwIfNoEntry: false });
  return { isNew, etag: stats ? fileEtag(stats) : null };
}

/** Whether there is a file that may be replaced. */
function checkFormer({ target }: Parent, { path, condition }: NewFile): boolean {
  const former = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (former && !former.isFile()) throw new CodedError('path_taken', `'${path}' already exists and is not a regular file`);
  condition?.(former ? fileEtag(former) : null);
  return former !== undefined;
}
