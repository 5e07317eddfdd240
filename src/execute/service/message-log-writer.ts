// Keeps what comes out of a service, message by message, and finds its position again after a restart of the server.
import { type FileHandle, mkdir, open, readdir, readFile, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeMessage,
  encodeMessage,
  entryBytes,
  type KeptMessage,
  messageHeadBytes,
  segmentBound,
  segmentBytes,
  segmentsAmong,
} from '../../model/message-log.js';

/** Where a collector continues: the last message, and what the current segment holds. */
interface Place {
  last: Pick<KeptMessage, 'id' | 'attempt' | 'position'>;
  segments: number[];
  sizeBytes: number;
}

export class MessageLogWriter {
  private file: FileHandle | null = null;

  private constructor(
    private readonly folder: string,
    private readonly place: Place,
  ) {}

  /** The folder is created with the first message. An entry that a crash has cut is removed. */
  static async open(folder: string): Promise<MessageLogWriter> {
    const segments = segmentsAmong(await readdir(folder).catch(() => []));
    for (let current = segments.at(-1); current !== undefined; current = segments.at(-1)) {
      const path = join(folder, String(current));
      const { last, wholeBytes } = lastEntry(await readFile(path));
      if (last) {
        await truncate(path, wholeBytes);
        return new MessageLogWriter(folder, { last, segments, sizeBytes: wholeBytes });
      }
      await unlink(path);
      segments.pop();
    }
    return new MessageLogWriter(folder, { last: { id: 0, attempt: 0, position: 0 }, segments, sizeBytes: 0 });
  }

  /** The position from which the output adapter continues; for another attempt, the beginning. */
  positionIn(attempt: number): number {
    const { last } = this.place;
    return last.attempt === attempt ? last.position : 0;
  }

  /** Resolves when readers and a later server can find the message. */
  async keep(message: Pick<KeptMessage, 'bytes' | 'position' | 'attempt'>): Promise<void> {
    const { place } = this;
    const next = { ...message, id: place.last.id + 1, atMs: Date.now() };
    if (place.segments.length === 0 || place.sizeBytes >= segmentBytes) await this.beginSegment(next.id);
    this.file ??= await open(this.path(place.segments.at(-1) as number), 'a', 0o600);
    const entry = encodeMessage(next);
    await this.file.appendFile(entry);
    place.last = { id: next.id, attempt: next.attempt, position: next.position };
    place.sizeBytes += entry.length;
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
  }

  private async beginSegment(id: number): Promise<void> {
    const { place } = this;
    await this.close();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    place.segments.push(id);
    place.sizeBytes = 0;
    while (place.segments.length > segmentBound) await unlink(this.path(place.segments.shift() as number)).catch(() => {});
  }

  private path(segment: number): string {
    return join(this.folder, String(segment));
  }
}

function lastEntry(segment: Buffer): { last: KeptMessage | undefined; wholeBytes: number } {
  let last: KeptMessage | undefined;
  let at = 0;
  while (at + messageHeadBytes <= segment.length && at + entryBytes(segment, at) <= segment.length) {
    last = decodeMessage(segment, at);
    at += entryBytes(segment, at);
  }
  return { last, wholeBytes: at };
}
