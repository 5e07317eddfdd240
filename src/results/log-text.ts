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
const stampBytes = isoTime(0).length + 1;
const pieceBytes = 64 * 1024;
/** Filled and copied without a pause in between, so that all logs can share it. */
const scratch = Buffer.allocUnsafeSlow(pieceBytes);

/** Closes the log. */
export async function* logText(log: LogSource, { stream, follow, sinceMs, timestamps }: TextOptions): AsyncGenerator<Buffer> {
  const stamps = timestamps ? new LineStamps() : null;
  for await (const { bytes, offset } of blocksSince(readBlocks(log, { follow }), sinceMs)) {
    const frames = framesOfStream(framesOf(bytes, offset), stream);
    if (stamps) yield* stamps.of(frames);
    else yield* largePieces(Array.from(frames, (frame) => frame.bytes));
  }
}

function* framesOfStream(frames: Iterable<Frame>, stream: LogStream | undefined): Generator<Frame> {
  for (const frame of frames) if (!stream || frame.stream === stream) yield frame;
}

/** Puts the time before each line: when its first byte was read. */
class LineStamps {
  private isLineBegun = false;

  /** In pieces, each made when it is asked for: with short lines the text is many times as large as the log. */
  *of(frames: Iterable<Frame>): Generator<Buffer> {
    let used = 0;
    for (const { part, stamp } of this.stamped(frames)) {
      if (used + stampBytes + part.length > pieceBytes) {
        yield Buffer.from(scratch.subarray(0, used));
        used = 0;
      }
      used += scratch.write(stamp, used, 'latin1');
      used += part.copy(scratch, used);
    }
    if (used > 0) yield Buffer.from(scratch.subarray(0, used));
  }

  /** Lines, and parts of long lines, each of which fits into a piece. */
  private *stamped(frames: Iterable<Frame>): Generator<{ part: Buffer; stamp: string }> {
    for (const { bytes, timeMs } of frames) {
      const stamp = `${isoTime(timeMs)} `;
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.indexOf(newline, at) + 1 || bytes.length, at + pieceBytes - stampBytes);
        yield { part: bytes.subarray(at, end), stamp: this.isLineBegun ? '' : stamp };
        this.isLineBegun = bytes[end - 1] !== newline;
        at = end;
      }
    }
  }
}
