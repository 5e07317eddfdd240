// Unpacks a tar or tar.gz into the files of a run: the whole archive is read and checked before the first byte is written. Links are left out.
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Headers } from 'tar-stream';
import { CodedError } from '../model/coded-error.js';
import { percentEncoded } from '../model/file-names.js';
import { timeInTar } from '../model/file-times.js';
import type { FileTree } from '../model/run-files.js';
import { checkEntryPath, shortPath, unfitEntry } from './archive-paths.js';
import { entryBound } from './read-archive.js';

/** A longer name is not decoded, since it is too long for any path. */
const nameBound = 2 ** 14;

interface TarEntry {
  path: string;
  directory: boolean;
  executable: boolean;
  /** Undefined when the archive does not contain the time. */
  modifiedAt: Date | undefined;
  content: Readable;
}

/** `archive` is a file that belongs to the server. Throws invalid_request, message_too_large, and what the tree throws. */
export async function unpackTar(archive: string, tree: FileTree, bytesBound: number): Promise<void> {
  await eachEntry(archive, bytesBound, async ({ content }) => void content.resume());
  await eachEntry(archive, bytesBound, async ({ directory, content, ...file }) => {
    if (directory) return tree.makeFolder(file.path);
    // a tree that refuses a file destroys its content, which would end the archive before the reason is reported
    await tree.put({ ...file, content: () => content.pipe(new PassThrough()) });
  });
}

/** Hands each file and folder to `take`, one after the other. */
async function eachEntry(archive: string, bytesBound: number, take: (entry: TarEntry) => Promise<void>): Promise<void> {
  const unpacked = extract({ filenameEncoding: 'latin1' });
  let count = 0;
  unpacked.on('entry', (header, content, next) => {
    const entry = async () => {
      if (++count > entryBound) throw new CodedError('invalid_request', `an archive may have at most ${entryBound} entries`);
      const described = describe(header);
      if (described) await take({ ...described, content });
      content.resume();
    };
    entry().then(next, (error) => unpacked.destroy(error));
  });
  const unzipped = (await isGzip(archive)) ? createGunzip() : new PassThrough();
  await pipeline(createReadStream(archive), unzipped, (bytes) => bounded(bytes, bytesBound), unpacked).catch(refuse);
}

/** Counts the bytes after decompression, whatever the compressed size is. */
async function* bounded(bytes: AsyncIterable<Buffer>, bytesBound: number): AsyncGenerator<Buffer> {
  let left = bytesBound;
  for await (const chunk of bytes) {
    left -= chunk.length;
    if (left < 0) throw new CodedError('message_too_large', `an archive may contain at most ${bytesBound} bytes`);
    yield chunk;
  }
}

function refuse(error: Error): never {
  if (error instanceof CodedError || 'syscall' in error) throw error;
  throw new CodedError('invalid_request', `this is not a tar that can be unpacked: ${error.message}`);
}

/** Null for the target folder itself, for links, and for entries that are neither a file nor a folder. */
function describe(header: Headers): Omit<TarEntry, 'content'> | null {
  const { type, mode = 0 } = header;
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') return null;
  const { path, isFolder } = shortPath(nameOf(header));
  if (path === '' && isFolder) return null;
  checkEntryPath(path);
  return { path, directory: type === 'directory', executable: (mode & 0o100) !== 0, modifiedAt: timeInTar(header) };
}

/** A name is read as bytes, and encoded when it is not UTF-8; a pax header has it as text, in which other bytes are lost. */
function nameOf({ name, pax }: Headers & { pax?: Record<string, string> }): string {
  if (pax?.path === undefined) return textOf(Buffer.from(name.slice(0, nameBound), 'latin1'));
  if (pax.hdrcharset === 'BINARY' && pax.path.includes('\ufffd'))
    throw unfitEntry(pax.path, 'has a name in a pax header that is not UTF-8; only headers of GNU tar and ustar can have such names');
  return pax.path;
}

function textOf(raw: Buffer): string {
  return isUtf8(raw) ? raw.toString() : percentEncoded(raw);
}

async function isGzip(archive: string): Promise<boolean> {
  const file = await open(archive);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
  } finally {
    await file.close();
  }
}
