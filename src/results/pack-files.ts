// Packs the files of a run into a zip while the zip is read: one file is open at a time, and nothing is held in memory.

import { once } from 'node:events';
import type { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Options, ZipFile } from 'yazl';
import { CodedError } from '../model/coded-error.js';
import { zipTime } from '../model/file-times.js';
import type { FileTree, OpenFile, RunFile } from '../model/run-files.js';
import { exactNames } from '../model/zip-names.js';

/** The most files in a zip, since their names are held in memory. */
const packedBound = 100_000;

/** A file that has been removed meanwhile is left out. Throws invalid_request when there are too many files. */
export async function packFiles(tree: FileTree): Promise<Readable> {
  const { files, truncated } = await tree.list(packedBound);
  if (truncated)
    throw new CodedError('invalid_request', `the run has more than ${packedBound} files, or names or folders too deep for an archive`);
  const packing = new Packing(tree);
  void packing.addAll(files);
  return packing.output;
}

class Packing {
  private readonly zip = new ZipFile();
  readonly output = this.zip.outputStream as Readable;
  private readonly named = exactNames(this.zip);
  private current: Readable | undefined;

  constructor(private readonly tree: FileTree) {
    this.zip.on('error', (error) => this.output.destroy(error as Error));
    // an error before the first read is reported to the later reader
    this.output.on('error', () => {});
    // the reader went away
    this.output.once('close', () => this.current?.destroy());
  }

  /** Never rejects: an error cuts the output. */
  async addAll(files: RunFile[]): Promise<void> {
    try {
      for (const file of files) {
        await this.drained();
        if (this.output.destroyed) return;
        await this.add(file);
      }
      this.zip.end();
    } catch (error) {
      this.output.destroy(error as Error);
    }
  }

  private async add({ path, directory, modifiedAtMs }: RunFile): Promise<void> {
    if (directory) return void this.zip.addEmptyDirectory(this.named(`${path}/`), zipTime(modifiedAtMs));
    const file = await this.tree.open(path).catch(ignoreMissing);
    if (!file) return;
    const options = { ...zipTime(modifiedAtMs), mode: file.executable ? 0o100755 : 0o100644 };
    if (file.bytes > 0) return this.addStream(file.read(), path, options);
    await file.close();
    this.zip.addBuffer(Buffer.alloc(0), this.named(path), { ...options, compress: false });
  }

  /** Waits for the reader; empty entries are added without waiting. */
  private async drained(): Promise<void> {
    const output = this.output as PassThrough;
    if (!output.writableNeedDrain || output.destroyed) return;
    const gone = new AbortController();
    const leave = () => gone.abort();
    output.once('close', leave);
    await once(output, 'drain', { signal: gone.signal }).catch(() => {});
    output.off('close', leave);
  }

  private async addStream(stream: Readable, path: string, options: Partial<Options>): Promise<void> {
    this.current = stream;
    if (this.output.destroyed) stream.destroy();
    this.zip.addReadStream(stream, this.named(path), options);
    await finished(stream);
  }
}

function ignoreMissing(error: unknown): OpenFile | null {
  if (error instanceof CodedError && error.code === 'not_found') return null;
  throw error;
}
