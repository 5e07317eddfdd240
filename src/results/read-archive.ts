// Reads a zip from outside: which entries it has, whether each is what it claims to be, and how much really comes out of it.
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { CodedError } from '../protocol/coded-error.js';
import { relativePathFault } from '../protocol/file-names.js';

export const entryBound = 10_000;

export interface ArchiveEntry {
  path: string;
  directory: boolean;
  executable: boolean;
  open(): Promise<Readable>;
}

/** Hands each entry to `take`, one after the other. Throws invalid_request for whatever is no good archive. */
export async function eachEntry(archive: string, take: (entry: ArchiveEntry) => Promise<void>): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, strictFileNames: true, autoClose: false }).catch(refuse);
  try {
    let count = 0;
    const entries = zip.eachEntry();
    for (let next = await entries.next().catch(refuse); !next.done; next = await entries.next().catch(refuse)) {
      if (++count > entryBound) throw new CodedError('invalid_request', `an archive may have at most ${entryBound} entries`);
      await take(described(zip, next.value));
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
  await eachEntry(archive, async ({ path, directory, open }) => {
    if (files.has(path) || (!directory && folders.has(path))) throw unfit(path, 'is there twice');
    (directory ? folders : files).add(path);
    for (const parent of parentsOf(path)) {
      if (files.has(parent)) throw unfit(path, 'lies in a file');
      folders.add(parent);
    }
    if (directory) return;
    for await (const chunk of contentOf(await open())) {
      bytes += chunk.length;
      if (bytes > bytesBound) throw new CodedError('message_too_large', `an archive may hold at most ${bytesBound} bytes`);
    }
  });
}

/** What cannot be inflated, or is longer or shorter than the archive says, is the archive's fault. */
async function* contentOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    refuse(error as Error);
  }
}

function described(zip: ZipFile, entry: Entry): ArchiveEntry {
  const directory = entry.fileName.endsWith('/');
  const path = directory ? entry.fileName.slice(0, -1) : entry.fileName;
  const fault = relativePathFault(path) ?? kindFault(entry.externalFileAttributes >>> 16, directory);
  if (fault) throw unfit(path, fault);
  const executable = ((entry.externalFileAttributes >>> 16) & 0o100) !== 0;
  return { path, directory, executable, open: () => zip.openReadStreamPromise(entry).catch(refuse) };
}

/** The kind of file as Unix writes it; 0: not given. */
function kindFault(mode: number, directory: boolean): string | undefined {
  const kind = mode & 0o170000;
  if (kind === 0 || kind === (directory ? 0o040000 : 0o100000)) return undefined;
  return kind === 0o120000 ? 'is a link' : 'is neither a regular file nor a folder';
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function unfit(path: string, why: string): CodedError {
  return new CodedError('invalid_request', `the entry ${JSON.stringify(path.slice(0, 300))} of the archive ${why}`);
}

function refuse(error: Error): never {
  if (error instanceof CodedError || 'syscall' in error) throw error;
  throw new CodedError('invalid_request', `this is no archive that can be unpacked: ${error.message}`);
}
