// Reads a zip from outside: checks the kind, the size and the checksum of every entry.
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { CodedError } from '../model/coded-error.js';
import { checkEntryPath, unfitEntry } from './archive-paths.js';
import { entryPath } from './zip-entry-name.js';

export const entryBound = 10_000;

export interface ArchiveEntry {
  path: string;
  directory: boolean;
  executable: boolean;
  /** The size of the content, as the archive says. */
  bytes: number;
  crc32: number;
  open(): Promise<Readable>;
}

/** Hands each entry to `take`, one after the other. Throws invalid_request for an archive that is not valid. */
export async function eachEntry(archive: string, take: (entry: ArchiveEntry) => Promise<void>): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false }).catch(
    refuse,
  );
  try {
    let count = 0;
    const entries = zip.eachEntry();
    for (let next = await entries.next().catch(refuse); !next.done; next = await entries.next().catch(refuse)) {
      if (++count > entryBound) throw new CodedError('invalid_request', `an archive may have at most ${entryBound} entries`);
      const entry = described(zip, next.value);
      if (entry) await take(entry);
    }
  } finally {
    zip.close();
  }
}

/** Reads every entry to its end and writes nothing. Throws message_too_large beyond `bytesBound`, whatever the headers say. */
export async function checkArchive(archive: string, bytesBound: number): Promise<void> {
  const files = new Set<string>();
  const folders = new Set<string>();
  let bytes = 0;
  await eachEntry(archive, async (entry) => {
    const { path, directory } = entry;
    if (files.has(path) || (!directory && folders.has(path))) throw unfitEntry(path, 'occurs twice');
    (directory ? folders : files).add(path);
    for (const parent of parentsOf(path)) {
      if (files.has(parent)) throw unfitEntry(path, `lies in '${parent}', which is a file`);
      folders.add(parent);
    }
    if (directory) return;
    for await (const chunk of contentOf(entry)) {
      bytes += chunk.length;
      if (bytes > bytesBound) throw new CodedError('message_too_large', `an archive may contain at most ${bytesBound} bytes`);
    }
  });
}

/** Content that cannot be inflated, or that differs in length or CRC-32 from what the archive says, is a fault of the archive. */
async function* contentOf({ path, open, bytes, crc32: wanted }: ArchiveEntry): AsyncGenerator<Buffer> {
  let found = 0;
  let length = 0;
  try {
    for await (const chunk of await open()) {
      found = crc32(chunk, found);
      length += chunk.length;
      if (length > bytes) throw unfitEntry(path, `is damaged: its content is larger than the ${bytes} bytes that the archive says`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof CodedError || 'syscall' in (error as Error)) throw error;
    throw unfitEntry(path, `is damaged: ${(error as Error).message}`);
  }
  if (length < bytes) throw unfitEntry(path, `is damaged: its content has ${length} bytes, and the archive says ${bytes}`);
  if (found !== wanted) throw unfitEntry(path, `is damaged: its CRC-32 is ${hex(found)}, and the archive says ${hex(wanted)}`);
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** Null for the target folder itself. */
function described(zip: ZipFile, entry: Entry): ArchiveEntry | null {
  const { path, isFolder } = entryPath(entry);
  const mode = entry.externalFileAttributes >>> 16;
  const directory = isFolder || (mode & 0o170000) === 0o040000;
  if (path === '' && directory && entry.fileNameLength > 0) return null;
  checkEntryPath(path);
  const fault = kindFault(mode, directory) ?? codingFault(entry, directory);
  if (fault) throw unfitEntry(path, fault);
  const open = () =>
    zip.openReadStreamPromise(entry).catch((error) => {
      throw 'syscall' in error ? error : unfitEntry(path, `is damaged: ${error.message}`);
    });
  return { path, directory, executable: (mode & 0o100) !== 0, bytes: entry.uncompressedSize, crc32: entry.crc32, open };
}

/** The kind of file as Unix writes it; 0: not given. */
function kindFault(mode: number, directory: boolean): string | undefined {
  const kind = mode & 0o170000;
  if (kind === 0 || kind === (directory ? 0o040000 : 0o100000)) return undefined;
  if (kind === 0o120000) return 'is a link';
  return kind === 0o100000 ? 'has the name of a folder and the mode of a file' : 'is neither a regular file nor a folder';
}

/** Compression method 0: stored; 8: deflated (APPNOTE 4.4.5). */
function codingFault(entry: Entry, directory: boolean): string | undefined {
  if (directory) return undefined;
  if (entry.isEncrypted()) return 'is encrypted; only plain entries can be unpacked';
  const { compressionMethod: method } = entry;
  return method === 0 || method === 8 ? undefined : `is compressed by method ${method}; only 0 (stored) and 8 (deflated) can be unpacked`;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function refuse(error: Error): never {
  if (error instanceof CodedError || 'syscall' in error) throw error;
  throw new CodedError('invalid_request', `this is not a zip that can be unpacked: ${error.message}`);
}
