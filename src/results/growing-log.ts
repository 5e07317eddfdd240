// The log of a run that goes on: in memory while it is small, then a file that is appended to.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { ControlDirectory } from '../protocol/control-directory.js';
import { encodeFrame, type LogStream } from '../protocol/log-format.js';
import { type LogSource, readBlock } from './log-source.js';

/** What a run may say without touching a file. */
const inMemoryBytes = 64 * 1024;

export class GrowingLog {
  sizeBytes = 0;
  ended = false;
  private frames: Buffer[] = [];
  private file: FileHandle | null = null;
  private waking: (() => void)[] = [];
  private writing: Promise<void> = Promise.resolve();
  private readers = 0;
  private released = false;

  constructor(private readonly control: ControlDirectory) {}

  /** Resolves when the bytes are readable. Calls may overlap; frames stay in order of the calls. */
  append(stream: LogStream, timeMs: number, bytes: Buffer): Promise<void> {
    const frame = encodeFrame(stream, timeMs, bytes);
    this.writing = this.writing.then(() => this.add(frame));
    return this.writing;
  }

  /** The frames when they are still in memory, null when they are in the file. */
  async end(): Promise<Buffer | null> {
    await this.writing.catch(() => {});
    this.ended = true;
    this.wake();
    return this.file ? null : Buffer.concat(this.frames);
  }

  /** One more reader; the file stays open until each has closed, and the run has released it. */
  retain(): LogSource {
    this.readers++;
    return new RetainedLog(this, () => {
      this.readers--;
      return this.closeUnread();
    });
  }

  /** From now on nobody retains this log any more: what there is to read is found where finished runs have it. */
  async release(): Promise<void> {
    this.released = true;
    await this.closeUnread();
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    const length = Math.min(lengthBytes, this.sizeBytes - offset);
    if (this.file) return readBlock(this.file, offset, length);
    const whole = this.frames.length === 1 ? this.frames[0] : Buffer.concat(this.frames);
    this.frames = [whole];
    return whole.subarray(offset, offset + length);
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.waking.push(resolve));
  }

  private async closeUnread(): Promise<void> {
    if (this.released && this.readers === 0) await this.file?.close();
  }

  private async add(frame: Buffer): Promise<void> {
    if (!this.file && this.sizeBytes + frame.length > inMemoryBytes) await this.spill();
    if (this.file) await this.file.appendFile(frame);
    else this.frames.push(frame);
    this.sizeBytes += frame.length;
    this.wake();
  }

  private async spill(): Promise<void> {
    await mkdir(this.control.path, { recursive: true, mode: 0o700 });
    const file = await open(this.control.log, 'a+', 0o600);
    await file.appendFile(Buffer.concat(this.frames));
    this.file = file;
    this.frames = [];
  }

  private wake(): void {
    for (const resolve of this.waking.splice(0)) resolve();
  }
}

/** What one reader holds of a growing log; closing it twice is closing it once. */
class RetainedLog implements LogSource {
  private closed = false;

  constructor(
    private readonly log: GrowingLog,
    private readonly giveBack: () => Promise<void>,
  ) {}

  get sizeBytes(): number {
    return this.log.sizeBytes;
  }

  get ended(): boolean {
    return this.log.ended;
  }

  read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.log.read(offset, lengthBytes);
  }

  changed(): Promise<void> {
    return this.log.changed();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.giveBack();
  }
}
