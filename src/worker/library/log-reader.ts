// A log as a Readable: from its first byte on, followed while the program runs. The stream ends when the program has ended.
import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { systemFault } from './system-fault.js';

const blockBytes = 64 * 1024;
/** The time between two looks at the file, for file systems that report no changes, and for missed changes. */
const patienceMs = 1000;

/** What a reader must know about the writer of its log. */
export interface Writer {
  readonly logPath: string;
  /** Whether nothing more will be written. */
  readonly over: boolean;
  /** Functions that are called once when `over` becomes true. */
  readonly whenOver: Set<() => void>;
}

/** Reads and then closes `file`, also after an error. Holds at most two blocks, however slowly the stream is read. */
export class LogReader extends Readable {
  private readonly block = Buffer.allocUnsafe(blockBytes);
  private offset = 0;
  /** The size when the program was known to have ended: a process that left the process group may keep writing forever. */
  private lastBytes: number | undefined;
  private changed = false;
  private watcher: FSWatcher | undefined;
  private filling: Promise<void> = Promise.resolve();
  private wake = () => {};
  private readonly notice = () => {
    this.changed = true;
    this.wake();
  };

  constructor(
    private readonly file: FileHandle,
    private readonly writer: Writer,
  ) {
    super({ highWaterMark: blockBytes });
    // readers get the error; without a listener it must not end the caller's process
    this.on('error', () => {});
    writer.whenOver.add(this.notice);
  }

  override _read(): void {
    this.filling = this.fill().catch((error) => void this.destroy(systemFault('log_unreadable', 'failed to read the log file', error)));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.writer.whenOver.delete(this.notice);
    this.watcher?.close();
    this.wake();
    const close = () => this.file.close();
    this.filling.then(close).then(
      () => done(error),
      (failure) => done(error ?? failure),
    );
  }

  /** Pushes one block or the end, whenever there is one. */
  private async fill(): Promise<void> {
    while (!this.destroyed) {
      // checked before reading: all that the program wrote before its end is then in the file
      const { over } = this.writer;
      this.changed = false;
      if (over) this.lastBytes ??= (await this.file.stat()).size;
      const length = Math.min(blockBytes, (this.lastBytes ?? Number.POSITIVE_INFINITY) - this.offset);
      const { bytesRead } = length > 0 ? await this.file.read(this.block, 0, length, this.offset) : { bytesRead: 0 };
      if (this.destroyed) return;
      this.offset += bytesRead;
      if (bytesRead > 0) return void this.push(Buffer.from(this.block.subarray(0, bytesRead)));
      if (over) return void this.push(null);
      await this.change();
    }
  }

  private async change(): Promise<void> {
    // bytes that were written before the watch began raise no event: they are read before waiting
    if (!this.watcher && this.beginWatch()) return;
    if (this.changed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** False when the system has no free watch; then the file is polled every `patienceMs`. */
  private beginWatch(): boolean {
    try {
      this.watcher = watch(this.writer.logPath, this.notice);
    } catch {
      return false;
    }
    this.watcher.on('error', () => {});
    return true;
  }
}
