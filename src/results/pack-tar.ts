// Files of a run as a tar that is made while it is read: one file is open at a time, and nothing is held in memory.
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Headers, type Pack, pack } from 'tar-stream';
import { CodedError } from '../protocol/coded-error.js';
import type { FileTree, RunFile } from '../protocol/run-files.js';

/** The names of more files are not held in memory. */
const packedBound = 100_000;

/** A file that is gone meanwhile is left out; one that becomes shorter cuts the tar. Throws invalid_request when there are too many. */
export async function packTar(tree: FileTree, wanted: (path: string) => boolean): Promise<Readable> {
  const { files, truncated } = await tree.list(packedBound);
  if (truncated) throw new CodedError('invalid_request', `the run has more than ${packedBound} files, or folders too deep for an archive`);
  const packed = pack();
  const output = new PassThrough();
  // the reader went away, or a file could not be read: each ends the other
  void pipeline(packed, output).catch(() => {});
  void addAll(
    packed,
    tree,
    files.filter(({ path }) => wanted(path)),
  ).catch((error) => output.destroy(error));
  return output;
}

async function addAll(packed: Pack, tree: FileTree, files: RunFile[]): Promise<void> {
  const gone = new Promise<never>((_resolve, reject) => packed.once('close', () => reject(new Error('the reader went away'))));
  gone.catch(() => {});
  for (const file of files) {
    if (packed.destroyed) return;
    if (file.directory) packed.entry({ ...headerOf(file), name: `${file.path}/`, type: 'directory', mode: 0o755 });
    else await Promise.race([addFile(packed, tree, file), gone]);
  }
  packed.finalize();
}

async function addFile(packed: Pack, tree: FileTree, file: RunFile): Promise<void> {
  const opened = await tree.open(file.path).catch((error) => {
    if (error instanceof CodedError && error.code === 'not_found') return null;
    throw error;
  });
  if (!opened) return;
  const header: Headers = { ...headerOf(file), size: opened.bytes, mode: opened.executable ? 0o755 : 0o644 };
  await pipeline(opened.read(), packed.entry(header));
}

function headerOf({ path, modifiedAtMs }: RunFile): Headers {
  return { name: path, mtime: new Date(modifiedAtMs), type: 'file' };
}
