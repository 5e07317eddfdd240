// A part of one stream of a log in large pieces, so that a stream of many small frames is read as fast as one of a few.
import { type LogStream, streamSizes } from '../model/log-format.js';
import type { LogSource } from '../model/log-source.js';
import { framesOf, readBlocks } from '../model/read-frames.js';

/** A beginning of a frame in the log, and how many bytes of each stream come before it. */
export interface StreamMark extends Record<LogStream, number> {
  offset: number;
}

export const beginning: StreamMark = { offset: 0, stdout: 0, stderr: 0 };

export interface BytesPart {
  stream: LogStream;
  /** The positions in the stream; `end` is excluded. */
  start?: number;
  end?: number;
  /** Where reading begins: not behind `start`. */
  mark?: StreamMark;
  follow?: boolean;
  /** Called with each mark to which the log was read. */
  passed?: (mark: StreamMark) => void;
}

/** Parts of at least this size on average stay as they are; smaller ones are joined. */
const largePartBytes = 16 * 1024;

/** Returns the position to which the stream was read. Closes the log. */
export async function* streamPart(log: LogSource, part: BytesPart): AsyncGenerator<Buffer, number> {
  const { stream, start = 0, end = Number.POSITIVE_INFINITY, follow, passed } = part;
  let { mark = beginning } = part;
  for await (const block of readBlocks(log, { from: mark.offset, follow })) {
    const parts: Buffer[] = [];
    let position = mark[stream];
    for (const frame of framesOf(block.bytes, block.offset)) {
      if (frame.stream !== stream) continue;
      const wanted = frame.bytes.subarray(Math.max(0, start - position), Math.max(0, end - position));
      position += frame.bytes.length;
      if (wanted.length > 0) parts.push(wanted);
    }
    yield* largePieces(parts);
    mark = after(mark, block.bytes, block.end);
    passed?.(mark);
    if (mark[stream] >= end) break;
  }
  return mark[stream];
}

/** The mark behind these frames, which end at `offset`. */
function after(mark: StreamMark, frames: Buffer, offset: number): StreamMark {
  const [stdout, stderr] = streamSizes(frames);
  return { offset, stdout: mark.stdout + stdout, stderr: mark.stderr + stderr };
}

export function largePieces(parts: Buffer[]): Buffer[] {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  return parts.length === 0 || bytes / parts.length >= largePartBytes ? parts : [Buffer.concat(parts, bytes)];
}
