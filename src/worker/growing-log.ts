// The log of a run whose launcher is this process: in memory while the log is small, then in a file.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChangeNotifier } from './change-notifier.js';
import type { LogReader } from './launcher.js';
import { encodeFrame, type OutputStream } from './log-frames.js';

/** How much a run may write before the log becomes a file. */
const inMemoryBytes = 64 * 1024;

export class GrowingLog {
  sizeBytes = 0;
  ended = false;
  private frames: Buffer[] = [];
  private file: Promise<FileHandle> | null = null;
  private spilled = false;
  private readonly changes = new ChangeNotifier();
  private writing: Promise<void> = Promise.resolve();
  private readers = 0;
  private released = false;

  /** `path`: the file that the log becomes when it grows. */
  constructor(private readonly path: string) {}

  /** Resolves when the bytes are readable. Calls may overlap; frames stay in order of the calls. */
  append(stream: OutputStream, timeMs: number, bytes: Buffer): Promise<void> {
    const frame = encodeFrame(stream, timeMs, bytes);
    this.writing = this.writing.then(() => this.add(frame));
    return this.writing;
  }

  /** Ends the log. Returns the frames when they are still in memory, null when they are in the file. */
  async end(): Promise<Buffer | null> {
    await this.writing.catch(() => {});
    this.ended = true;
    this.changes.wake();
    return this.spilled ? null : Buffer.concat(this.frames);
  }

  /** Lets the file close with its last reader; a reader that comes later reopens the file. */
  async release(): Promise<void> {
    this.released = true;
    await this.closeUnread();
  }

  /** Adds a reader; the file stays open until all readers have closed and the run has released the log. */
  open(): LogReader {
    this.readers++;
    return new GrowingReader(this);
  }

  changed(): Promise<void> {
    return this.changes.next();
  }

  async leave(): Promise<void> {
    this.readers--;
    await this.closeUnread();
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    const length = Math.min(lengthBytes, this.sizeBytes - offset);
    if (this.spilled) {
      return readBlock(await this.opened(), offset, length);
    }
    const whole = this.frames.length === 1 ? this.frames[0] : Buffer.concat(this.frames);
    this.frames = [whole];
    return whole.subarray(offset, offset + length);
  }

  /** The file for a reader that came after the release; readers that come at the same time share one descriptor. */
  private async opened(): Promise<FileHandle> {
    this.file ??= open(this.path, 'r');
    try {
      return await this.file;
    } catch (error) {
      this.file = null;
      throw error;
    }
  }

  private async closeUnread(): Promise<void> {
    if (!this.released || this.readers > 0) return;
    const { file } = this;
    this.file = null;
    await (await file?.catch(() => null))?.close();
  }

  private async add(frame: Buffer): Promise<void> {
    if (!this.file && this.sizeBytes + frame.length > inMemoryBytes) await this.spill();
    if (this.file) await (await this.file).appendFile(frame);
    else this.frames.push(frame);
    this.sizeBytes += frame.length;
    this.changes.wake();
  }

  private async spill(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    this.file = open(this.path, 'a+', 0o600);
    await (await this.file).appendFile(Buffer.concat(this.frames));
    this.spilled = true;
    this.frames = [];
  }
}

/** A class, since a getter of an object literal would keep all that it sees until the next major collection. */
class GrowingReader implements LogReader {
  private isClosed = false;

  constructor(private readonly log: GrowingLog) {}

  get sizeBytes(): number {
    return this.log.sizeBytes;
  }

  get ended(): boolean {
    return this.log.ended;
  }

  read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.log.read(offset, lengthBytes);
  }

  async sized(): Promise<void> {}

  changed(): Promise<void> {
    return this.log.changed();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.log.leave();
  }
}

export async function readBlock(file: FileHandle, offset: number, lengthBytes: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(Math.max(0, lengthBytes));
  const { bytesRead } = await file.read(block, 0, block.length, offset);
  return block.subarray(0, bytesRead);
}
