// The log of a run that another process writes: nothing is read before its size is told; at the end it may come in one piece.
import { type FileHandle, open } from 'node:fs/promises';
import { readBlock } from './growing-log.js';
import type { LogReader } from './launcher.js';
import { Waiters } from './waiters.js';

export class FollowedLog {
  private sizeBytes = 0;
  private ended = false;
  private frames: Buffer | null = null;
  private readonly waiters = new Waiters();

  /** `follow` asks the writer to keep its log in the file `path` from now on, and to tell of each growth. */
  constructor(
    private readonly path: string,
    private readonly follow: () => void,
  ) {}

  grown(sizeBytes: number): void {
    this.sizeBytes = Math.max(this.sizeBytes, sizeBytes);
    this.waiters.wake();
  }

  /** `frames`: the whole log, when it is no file. */
  end(sizeBytes: number, frames: Buffer | null): void {
    this.frames = frames;
    this.sizeBytes = sizeBytes;
    this.ended = true;
    this.waiters.wake();
  }

  open(): LogReader {
    const log = this;
    let file: Promise<FileHandle> | undefined;
    if (!log.ended) this.follow();
    return {
      get sizeBytes() {
        return log.sizeBytes;
      },
      get ended() {
        return log.ended;
      },
      read: async (offset, lengthBytes) => {
        if (log.frames) return log.frames.subarray(offset, offset + lengthBytes);
        file ??= open(log.path, 'r');
        return readBlock(await file, offset, Math.min(lengthBytes, log.sizeBytes - offset));
      },
      changed: () => log.waiters.next(),
      close: async () => {
        await (await file?.catch(() => undefined))?.close();
        file = undefined;
      },
    };
  }
}
