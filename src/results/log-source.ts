// The log of a run that has ended: in memory, or a file.
import { type FileHandle, open } from 'node:fs/promises';
import type { LogSource } from '../model/log-source.js';

/** A log that has ended and is held in memory. */
export class MemoryLog implements LogSource {
  readonly ended = true;
  constructor(private readonly frames: Buffer) {}

  get sizeBytes(): number {
    return this.frames.length;
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.frames.subarray(offset, offset + lengthBytes);
  }

  async sized(): Promise<void> {}

  async changed(): Promise<void> {}

  async close(): Promise<void> {}
}

/** A log that has ended and is a file. */
export class FileLog implements LogSource {
  readonly ended = true;
  private constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
  ) {}

  static async open(path: string): Promise<FileLog> {
    const file = await open(path, 'r');
    return new FileLog(file, (await file.stat()).size);
  }

  read(offset: number, lengthBytes: number): Promise<Buffer> {
    return readBlock(this.file, offset, Math.min(lengthBytes, this.sizeBytes - offset));
  }

  async sized(): Promise<void> {}

  async changed(): Promise<void> {}

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readBlock(file: FileHandle, offset: number, lengthBytes: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(Math.max(0, lengthBytes));
  const { bytesRead } = await file.read(block, 0, block.length, offset);
  return block.subarray(0, bytesRead);
}
