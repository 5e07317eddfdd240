// The log of a run that another process writes: nothing is read before the writer reports a size; at the end the log may come in one piece.
// All readers share one descriptor, and also each read while they keep up.

import { ChangeNotifier } from './change-notifier.js';
import type { LogReader } from './launcher.js';
import { SharedBlocks } from './shared-blocks.js';

/** The cost of waking one reader: growth is not reported before all who were woken can have taken the last growth. */
const perReaderMs = 0.06;
/** The longest time until growth is reported. */
const longestMs = 40;

export class FollowedLog {
  sizeBytes = 0;
  ended = false;
  /** The size that is written but not yet reported. */
  private writtenBytes = 0;
  /** Whether the writer has reported any size. */
  private isReported = false;
  private frames: Buffer | null = null;
  /** How many readers have read from the file and are not closed. */
  private readers = 0;
  private toldAtMs = 0;
  /** How many readers the last report has woken. */
  private woken = 0;
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
    const isFirst = !this.isReported;
    this.isReported = true;
    if (sizeBytes <= this.writtenBytes) {
      if (isFirst) this.changes.wake();
      return;
    }
    this.writtenBytes = sizeBytes;
    if (this.timer) return;
    const waitMs = this.toldAtMs + Math.min(longestMs, this.woken * perReaderMs) - performance.now();
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
    if (!this.ended) this.follow();
    return new FollowedReader(this);
  }

  /** The bytes while the log is in memory; null: they are in the file, for which a reader must be counted. */
  inMemory(offset: number, lengthBytes: number): Buffer | null {
    return this.frames?.subarray(offset, offset + lengthBytes) ?? null;
  }

  inFile(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.blocks.read(offset, Math.max(0, Math.min(lengthBytes, this.sizeBytes - offset)));
  }

  changed(): Promise<void> {
    return this.changes.next();
  }

  async sized(): Promise<void> {
    while (!this.isReported && !this.ended) await this.changes.next();
  }

  /** `change` 1: somebody reads from the file; -1: no longer. */
  async countReader(change: 1 | -1): Promise<void> {
    this.readers += change;
    if (this.readers === 0) await this.blocks.close();
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.toldAtMs = performance.now();
    this.sizeBytes = this.writtenBytes;
    this.woken = this.changes.wake();
  }
}

/** A class, since a getter of an object literal would keep all that it sees until the next major collection. */
class FollowedReader implements LogReader {
  private isCounted = false;

  constructor(private readonly log: FollowedLog) {}

  get sizeBytes(): number {
    return this.log.sizeBytes;
  }

  get ended(): boolean {
    return this.log.ended;
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    const bytes = this.log.inMemory(offset, lengthBytes);
    if (bytes) return bytes;
    if (!this.isCounted) void this.log.countReader(1);
    this.isCounted = true;
    return this.log.inFile(offset, lengthBytes);
  }

  sized(): Promise<void> {
    return this.log.sized();
  }

  changed(): Promise<void> {
    return this.log.changed();
  }

  async close(): Promise<void> {
    if (!this.isCounted) return;
    this.isCounted = false;
    await this.log.countReader(-1);
  }
}
