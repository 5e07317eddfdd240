// Packs the files of a run into a tar while the tar is read: one file is open at a time, and nothing is held in memory.
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Headers, type Pack, pack } from 'tar-stream';
import { CodedError } from '../model/coded-error.js';
import { tarTime } from '../model/file-times.js';
import type { FileTree, OpenFile, RunFile } from '../model/run-files.js';
import type { NameFilter } from './name-filter.js';

/** The most files in a tar, since their names are held in memory. */
const packedBound = 100_000;

/** A file that has been removed meanwhile is left out; one that becomes shorter cuts the tar. Throws invalid_request when there are too many files. */
export async function packTar(tree: FileTree, isWanted: NameFilter): Promise<Readable> {
  const { files, truncated } = await tree.list(packedBound);
  if (truncated)
    throw new CodedError('invalid_request', `the run has more than ${packedBound} files, or names or folders too deep for an archive`);
  const packed = pack();
  const output = new PassThrough();
  // an error before the first read is reported to the later reader
  output.on('error', () => {});
  // when the reader goes away, packing ends; when a file cannot be read, the output ends
  void pipeline(packed, output).catch(() => {});
  void addAll(packed, tree, { files, isWanted }).catch((error) => output.destroy(error));
  return output;
}

async function addAll(packed: Pack, tree: FileTree, { files, isWanted }: { files: RunFile[]; isWanted: NameFilter }): Promise<void> {
  const gone = new Promise<never>((_resolve, reject) => packed.once('close', () => reject(new Error('the reader went away'))));
  gone.catch(() => {});
  for (const file of files) {
    if (packed.destroyed) return;
    if (await isWanted(file.path)) await Promise.race([add(packed, tree, file), gone]);
  }
  packed.finalize();
}

function add(packed: Pack, tree: FileTree, file: RunFile): Promise<void> {
  const folder: Headers = { ...headerOf(file), name: `${file.path}/`, type: 'directory', mode: 0o755 };
  return file.directory ? addEmpty(packed, folder) : addFile(packed, tree, file);
}

async function addFile(packed: Pack, tree: FileTree, file: RunFile): Promise<void> {
  const opened = await tree.open(file.path).catch((error) => {
    if (error instanceof CodedError && error.code === 'not_found') return null;
    throw error;
  });
  if (!opened) return;
  const header: Headers = { ...headerOf(file), size: opened.bytes, mode: opened.executable ? 0o755 : 0o644 };
  try {
    if (opened.bytes > 0) await addContent(packed, header, opened);
  } finally {
    await opened.close();
  }
  if (opened.bytes === 0) await addEmpty(packed, header);
}

/** Adds the entry before the content is opened: an entry that is refused, because the reader went away, must not leave a stream open. */
async function addContent(packed: Pack, header: Headers, file: OpenFile): Promise<void> {
  const entry = packed.entry(header);
  await pipeline(file.read(), entry);
}

/** Adds an entry without content. */
function addEmpty(packed: Pack, header: Headers): Promise<void> {
  return new Promise((resolve, reject) => packed.entry(header, Buffer.alloc(0), (error) => (error ? reject(error) : resolve())));
}

function headerOf({ path, modifiedAtMs }: RunFile): Headers {
  return { name: path, ...tarTime(modifiedAtMs), type: 'file' };
}
