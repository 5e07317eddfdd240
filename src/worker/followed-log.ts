// The log of a run that another process writes: nothing is read before the writer reports a size; at the end the log may come in one piece.
// All readers share one descriptor, and also each read while they keep up.

import { ChangeNotifier } from './change-notifier.js';
import type { LogReader } from './launcher.js';
import { SharedBlocks } from './shared-blocks.js';

/** The cost of waking one reader: growth is not reported before all readers can have taken the last growth. */
const perReaderMs = 0.06;
/** The longest time until growth is reported. */
const longestMs = 40;

export class FollowedLog {
  private sizeBytes = 0;
  /** The size that is written but not yet reported. */
  private writtenBytes = 0;
  private ended = false;
  private frames: Buffer | null = null;
  /** How many readers have read from the file and are not closed. */
  private readers = 0;
  private toldAtMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly changes = new ChangeNotifier();
  private readonly blocks: SharedBlocks;

  /** `follow` asks the writer to keep its log in the file `path` from now on, and to report each growth. */
  constructor(
    path: string,
    private readonly follow: () => void,
  ) {
    this.blocks = new SharedBlocks(path);
  }

  grown(sizeBytes: number): void {
    if (sizeBytes <= this.writtenBytes) return;
    this.writtenBytes = sizeBytes;
    if (this.timer) return;
    const waitMs = this.toldAtMs + Math.min(longestMs, this.readers * perReaderMs) - performance.now();
    if (waitMs < 1) this.tell();
    else this.timer = setTimeout(() => this.tell(), waitMs);
  }

  /** `frames`: the whole log, when there is no file. */
  end(sizeBytes: number, frames: Buffer | null): void {
    this.frames = frames;
    this.writtenBytes = sizeBytes;
    this.ended = true;
    this.tell();
  }

  open(): LogReader {
    const log = this;
    let reads = false;
    if (!log.ended) this.follow();
    return {
      get sizeBytes() {
        return log.sizeBytes;
      },
      get ended() {
        return log.ended;
      },
      read: (offset, lengthBytes) => {
        if (log.frames) return Promise.resolve(log.frames.subarray(offset, offset + lengthBytes));
        if (!reads) log.readers++;
        reads = true;
        return log.blocks.read(offset, Math.max(0, Math.min(lengthBytes, log.sizeBytes - offset)));
      },
      changed: () => log.changes.next(),
      close: async () => {
        if (!reads) return;
        reads = false;
        log.readers--;
        if (log.readers === 0) await log.blocks.close();
      },
    };
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.toldAtMs = performance.now();
    this.sizeBytes = this.writtenBytes;
    this.changes.wake();
  }
}
