// Creates a new file with a given owner and mode, and copies bytes into it.
// (fs.copyFile cannot be used: from Node 22 on it gives the copy the owner of its source.)
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const isNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const blockBytes = 256 * 1024;

export interface NewFile {
  path: string | Buffer;
  /** The mode of the new file, whatever the umask is. */
  mode: number;
  /** Null: the server's own user. */
  owner: { uid: number; gid: number } | null;
}

/** Creates an empty file, writable by the returned handle, which the caller closes. Throws EEXIST when anything exists there, even a link. */
export async function makeNewFile({ path, mode, owner }: NewFile): Promise<FileHandle> {
  const file = await open(path, isNew, mode);
  try {
    if (owner) await file.chown(owner.uid, owner.gid);
    await file.chmod(mode);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

export interface Copying {
  /** The first byte. */
  from?: number;
  /** Is given each block that is copied. */
  see?(block: Buffer): void;
}

/** Copies the bytes of `source` as they are when they are read. Both files stay open. */
export async function copyBytes(source: FileHandle, target: FileHandle, { from = 0, see }: Copying = {}): Promise<void> {
  const block = Buffer.allocUnsafe(blockBytes);
  let position = from;
  for (;;) {
    const { bytesRead } = await source.read(block, 0, blockBytes, position);
    if (bytesRead === 0) return;
    see?.(block.subarray(0, bytesRead));
    await writeWhole(target, block.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Creates a new file with the bytes of another one. */
export async function copyToNewFile(source: string, file: NewFile): Promise<void> {
  const from = await open(source, 'r');
  try {
    const to = await makeNewFile(file);
    await copyBytes(from, to).finally(() => to.close());
  } finally {
    await from.close();
  }
}

async function writeWhole(target: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await target.write(bytes, written)).bytesWritten;
}
