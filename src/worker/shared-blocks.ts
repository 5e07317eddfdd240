// Blocks of a file that many read at one pace: whoever asks for what was just read gets the same bytes. Whoever is slower reads anew.
import { type FileHandle, open } from 'node:fs/promises';
import { readBlock } from './growing-log.js';

/** So many blocks are kept, the last ones. */
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

  /** Nobody may change the bytes, which others have too. */
  read(offset: number, lengthBytes: number): Promise<Buffer> {
    const same = this.recent.find((block) => block.offset === offset && block.lengthBytes === lengthBytes);
    if (same) return same.bytes;
    const block = { offset, lengthBytes, bytes: this.readFile(offset, lengthBytes) };
    this.recent = [...this.recent, block].slice(-recentBound);
    return block.bytes;
  }

  /** Until somebody reads again. */
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
