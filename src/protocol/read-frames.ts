// Reads the frames of a log from an offset on, and follows it to its end.
import { CodedError } from './coded-error.js';
import { decodeHead, type FrameHead, frameHeadBytes, type LogStream } from './log-format.js';
import type { LogSource } from './log-source.js';

const blockBytes = 256 * 1024;
/** Frames are what one read brought; a larger length means that the offset is not where a frame begins. */
const largestFrameBytes = 2 ** 20;

/** A frame with where it begins and ends; the end is where a reader resumes. */
export interface Frame extends FrameHead {
  offset: number;
  end: number;
  bytes: Buffer;
}

/** Closes the log when it is done. Without `follow` it ends with what is there now. */
export async function* readFrames(
  log: LogSource,
  { from = 0, follow = false }: { from?: number; follow?: boolean },
): AsyncGenerator<Frame> {
  let offset = from;
  try {
    for (;;) {
      const change = follow && !log.ended ? log.changed() : undefined;
      for (let block = await nextBlock(log, offset); block; block = await nextBlock(log, offset)) {
        for (const frame of framesOf(block, offset)) {
          yield frame;
          offset = frame.end;
        }
      }
      if (!change) return;
      if (!log.ended) await change;
    }
  } finally {
    await log.close();
  }
}

/** Throws invalid_request when no frame of the log begins at `offset`, as far as can be seen there. */
export async function checkOffset(log: LogSource, offset: number): Promise<void> {
  if (offset < log.sizeBytes) await nextBlock(log, offset);
  else if (offset > log.sizeBytes) throw noFrame(offset);
}

function noFrame(offset: number): CodedError {
  return new CodedError('invalid_request', `no event of this run ends at ${offset}`);
}

/** A block that holds at least one whole frame, or null when there is none. */
async function nextBlock(log: LogSource, offset: number): Promise<Buffer | null> {
  if (offset >= log.sizeBytes) return null;
  const block = await log.read(offset, blockBytes);
  if (block.length < frameHeadBytes) return null;
  const { stream, lengthBytes } = decodeHead(block, 0);
  if (stream === undefined || lengthBytes > largestFrameBytes) throw noFrame(offset);
  const needed = frameHeadBytes + lengthBytes;
  if (needed <= block.length) return block;
  const larger = await log.read(offset, needed);
  return larger.length < needed ? null : larger;
}

/** The whole frames of `block`, which begins at `start` of its log. */
export function* framesOf(block: Buffer, start: number): Generator<Frame> {
  let at = 0;
  while (at + frameHeadBytes <= block.length) {
    const head = decodeHead(block, at);
    const end = at + frameHeadBytes + head.lengthBytes;
    if (end > block.length) return;
    yield { ...head, offset: start + at, end: start + end, bytes: block.subarray(at + frameHeadBytes, end) };
    at = end;
  }
}

/** What is read in one piece. */
const atOnceBytes = 128 * 1024;

/** The bytes of one stream of a log that has ended, when it is small; else null. Leaves the log open. */
export async function readSmallStream(log: LogSource, stream: LogStream): Promise<Buffer | null> {
  if (!log.ended || log.sizeBytes > atOnceBytes) return null;
  const block = await log.read(0, log.sizeBytes);
  const parts = [...framesOf(block, 0)].filter((frame) => frame.stream === stream).map(({ bytes }) => bytes);
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** One stream, or both in order; between `start` and `end` of it, end excluded. */
export interface StreamPart {
  stream?: LogStream;
  start?: number;
  end?: number;
  follow?: boolean;
}

export async function* readStream(log: LogSource, part: StreamPart): AsyncGenerator<Buffer> {
  const { stream, start = 0, end = Number.POSITIVE_INFINITY, follow = false } = part;
  let position = 0;
  for await (const frame of readFrames(log, { follow })) {
    if (stream && frame.stream !== stream) continue;
    const wanted = frame.bytes.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += frame.bytes.length;
    if (wanted.length > 0) yield wanted;
    if (position >= end) return;
  }
}
