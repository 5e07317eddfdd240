// A log as text: both streams in their order, or one of them, from a time on, each line with its time where that is wanted.
import { isoTime } from '../model/file-times.js';
import type { LogStream } from '../model/log-format.js';
import { blocksSince } from '../model/log-since.js';
import type { LogSource } from '../model/log-source.js';
import { type Frame, framesOf, readBlocks } from '../model/read-frames.js';
import { largePieces } from './stream-part.js';

export interface TextOptions {
  stream?: LogStream;
  follow: boolean;
  /** Milliseconds since 1970. */
  sinceMs?: number;
  timestamps: boolean;
}

const newline = 10;

/** Closes the log. */
export async function* logText(log: LogSource, { stream, follow, sinceMs, timestamps }: TextOptions): AsyncGenerator<Buffer> {
  const stamps = timestamps ? new LineStamps() : null;
  for await (const { bytes, offset } of blocksSince(readBlocks(log, { follow }), sinceMs)) {
    const parts: Buffer[] = [];
    for (const frame of framesOf(bytes, offset)) {
      if (stream && frame.stream !== stream) continue;
      if (stamps) parts.push(...stamps.of(frame));
      else parts.push(frame.bytes);
    }
    yield* largePieces(parts);
  }
}

/** Puts the time before each line: when its first byte was read. */
class LineStamps {
  private isLineBegun = false;

  *of({ bytes, timeMs }: Frame): Generator<Buffer> {
    const stamp = Buffer.from(`${isoTime(timeMs)} `);
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(newline, at) + 1 || bytes.length;
      if (!this.isLineBegun) yield stamp;
      yield bytes.subarray(at, end);
      this.isLineBegun = bytes[end - 1] !== newline;
      at = end;
    }
  }
}
