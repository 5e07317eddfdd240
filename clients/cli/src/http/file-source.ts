// The bytes of a file that is sent: of a regular one they can be read again, when a connection was lost.
import { createReadStream, fstatSync, openSync, read, type Stats } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';
import { freePassed } from '../terminal/freed-bytes.js';

export interface FileSource {
  /** Undefined for pipes and devices, which can be read once. */
  bytes?: number;
  open: () => Readable;
}

const blockBytes = 256 * 1024;
const readBlock = promisify(read);

/** Throws an Error when the file cannot be opened. */
export function fileSource(path: string): FileSource {
  const descriptor = openSync(path, 'r');
  const stats = fstatSync(descriptor);
  if (stats.isDirectory()) throw new Error('it is a folder');
  if (stats.isFile()) return storedBytes(path, descriptor, { start: 0, stats });
  return { open: () => createReadStream(path, { fd: descriptor }) };
}

/** The bytes from `start` on that an open regular file has now; `path` is its name in messages. */
export function storedBytes(path: string, descriptor: number, { start, stats }: { start: number; stats: Stats }): FileSource {
  const bytes = Math.max(0, stats.size - start);
  return { bytes, open: () => Readable.from(blocksOf(path, descriptor, { start, bytes }), { objectMode: false }) };
}

/** Throws a Failure when the file ends before the length that the server was told. */
async function* blocksOf(path: string, descriptor: number, { start, bytes }: { start: number; bytes: number }): AsyncGenerator<Buffer> {
  for (let done = 0; done < bytes; ) {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, bytes - done));
    const { bytesRead } = await readBlock(descriptor, block, 0, block.length, start + done).catch((error) => {
      throw new Failure(`${path} cannot be read: ${error.message}`);
    });
    if (bytesRead === 0) throw new Failure(`${path} has become shorter while it was sent`);
    done += bytesRead;
    yield block.subarray(0, bytesRead);
    freePassed(bytesRead);
  }
}
