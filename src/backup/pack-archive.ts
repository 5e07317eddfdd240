// Writes the entries of a backup: each file with its present content, read through one descriptor.
import { constants, createWriteStream } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { tarTime } from '../model/file-times.js';

export class ArchiveWriter {
  files = 0;
  bytes = 0;
  private readonly written: Promise<void>;

  /** `file` must not exist. */
  constructor(
    file: string,
    private readonly packed: Pack,
  ) {
    // `flush` (Node 20.10): the file is on the disk before it is renamed
    const target = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
    this.written = pipeline(this.packed, target);
    this.written.catch(() => {});
  }

  /** A file that is not a regular file any more, or has vanished, is left out. */
  async addFile(path: string, name: string): Promise<void> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(unlessGone);
    if (!file) return;
    try {
      const found = await file.stat();
      if (!found.isFile()) return;
      const { size, mtimeMs } = found;
      const content = size === 0 ? Readable.from([]) : file.createReadStream({ autoClose: false, start: 0, end: size - 1 });
      await this.add(content, { name, size, mtimeMs });
    } finally {
      await file.close();
    }
  }

  async addText(text: string, name: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.add(Readable.from([bytes]), { name, size: bytes.length, mtimeMs: Date.now() });
  }

  /** Adds everything below a folder; a folder that has vanished is left out. */
  async addTree(path: string, name: string): Promise<void> {
    const folder = await opendir(path).catch(unlessGone);
    if (!folder) return;
    for await (const entry of folder) {
      if (entry.isDirectory()) await this.addTree(`${path}/${entry.name}`, `${name}/${entry.name}`);
      else if (entry.isFile()) await this.addFile(`${path}/${entry.name}`, `${name}/${entry.name}`);
    }
  }

  async close(): Promise<void> {
    this.packed.finalize();
    await this.written;
  }

  /** Stops writing; the caller removes the file. */
  async giveUp(): Promise<void> {
    this.packed.destroy();
    await this.written.catch(() => {});
  }

  /** Also rejects when the archive cannot be written any further, for example because the disk is full. */
  private async add(content: Readable, { name, size, mtimeMs }: { name: string; size: number; mtimeMs: number }): Promise<void> {
    const entry = this.packed.entry({ name, size, ...tarTime(mtimeMs), mode: 0o600, type: 'file' });
    await Promise.race([pipeline(content, entry), this.written.then(() => Promise.reject(new Error('the archive was closed')))]);
    this.files++;
    this.bytes += size;
  }
}

function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ELOOP' || error.code === 'ENXIO') return null;
  throw error;
}
