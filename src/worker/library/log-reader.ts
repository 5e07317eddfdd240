// A log as a Readable: from its first byte on, followed while the program runs, at its end when the program has ended.
import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { systemFault } from './system-fault.js';

const blockBytes = 64 * 1024;
/** File systems that report no changes, and changes that were missed, are looked at so often. */
const patienceMs = 1000;

/** What a reader must know about the writer of its log. */
export interface Writer {
  readonly logPath: string;
  /** Whether nothing more will be written. */
  readonly over: boolean;
  /** Called, each once, when `over` becomes true. */
  readonly whenOver: Set<() => void>;
}

/** Closes `file` however it ends. Holds at most two blocks, however slowly it is read. */
export class LogReader extends Readable {
  private readonly block = Buffer.allocUnsafe(blockBytes);
  private offset = 0;
  /** The size when the program was known to have ended: what left its process group may write on for ever. */
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
    // whoever reads hears of errors; nobody's process ends by one that nobody listens to
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
      // asked before reading: what the program wrote before it ended is then in the file
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
    // what was written before the watch began raises no event: it is read before anything is waited for
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

  /** False when the system has no watch to give; the patience has to do then. */
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
