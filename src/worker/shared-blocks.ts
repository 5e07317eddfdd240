// Blocks of a file that many readers follow at one pace: a reader that asks for a recent block gets the same bytes, a slower reader reads anew.
import { type FileHandle, open } from 'node:fs/promises';
import { readBlock } from './growing-log.js';

/** How many of the last blocks are kept. */
const recentBound = 2;

interface Block {
  offset: number;
  lengthBytes: number;
  bytes: Promise<Buffer>;
}

export class SharedBlocks {
  private recent: Block[] = [];
  private file: Promise<FileHandle> | null = null;

  constructor(private readonly path: string) {}

  /** Returns bytes that nobody may change, since several readers share them. */
  read(offset: number, lengthBytes: number): Promise<Buffer> {
    const same = this.recent.find((block) => block.offset === offset && block.lengthBytes === lengthBytes);
    if (same) return same.bytes;
    const block = { offset, lengthBytes, bytes: this.readFile(offset, lengthBytes) };
    this.recent = [...this.recent, block].slice(-recentBound);
    return block.bytes;
  }

  /** Closes the file; the next read opens it again. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = null;
    this.recent = [];
    await (await file?.catch(() => undefined))?.close();
  }

  private async readFile(offset: number, lengthBytes: number): Promise<Buffer> {
    this.file ??= open(this.path, 'r');
    try {
      return await readBlock(await this.file, offset, lengthBytes);
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
