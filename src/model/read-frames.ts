// Reads the frames of a log from an offset on, and follows it to its end.
import { CodedError } from './coded-error.js';
import { decodeHead, type FrameHead, frameHeadBytes, type LogStream } from './log-format.js';
import type { LogSource } from './log-source.js';

/** One full frame of the launcher, so that none is read twice. */
const largeBlockBytes = 256 * 1024 + frameHeadBytes;
/** A frame holds the bytes of one read; a larger length means that the offset is not the beginning of a frame. */
const largestFrameBytes = 2 ** 20;

/** A frame with the offsets of its beginning and its end; a reader resumes at the end. */
export interface Frame extends FrameHead {
  offset: number;
  end: number;
  bytes: Buffer;
}

/** A part of a log with only whole frames. Readers at the same position may share the same bytes. */
export interface FrameBlock {
  offset: number;
  end: number;
  bytes: Buffer;
}

export interface Reading {
  from?: number;
  follow?: boolean;
  /** How many bytes are read in one piece, unless a frame is larger. */
  blockBytes?: number;
  /** Waits at the end of a log that grows, in place of the log's own change; returns where reading continues, the beginning of a frame. */
  wait?: (offset: number) => Promise<number>;
}

/** Reads the blocks and closes the log afterwards. Without `follow` it ends with the present content. */
export async function* readBlocks(
  log: LogSource,
  { from = 0, follow = false, blockBytes = largeBlockBytes, wait }: Reading,
): AsyncGenerator<FrameBlock> {
  let offset = from;
  try {
    for (;;) {
      const mayGrow = follow && !log.ended;
      const change = mayGrow && !wait ? log.changed() : undefined;
      while (offset < log.sizeBytes) {
        const bytes = await nextBlock(log, offset, blockBytes);
        if (!bytes) break;
        const end = offset + wholeBytes(bytes);
        yield { offset, end, bytes };
        offset = end;
      }
      if (!mayGrow) return;
      if (log.ended) continue;
      if (wait) offset = await wait(offset);
      else await change;
    }
  } finally {
    await log.close();
  }
}

/** Each frame of `readBlocks`. */
export async function* readFrames(log: LogSource, reading: Reading): AsyncGenerator<Frame> {
  for await (const { bytes, offset } of readBlocks(log, reading)) for (const frame of framesOf(bytes, offset)) yield frame;
}

/** Throws invalid_request when no frame of the log begins at `offset`, as far as this can be detected. */
export async function checkOffset(log: LogSource, offset: number): Promise<void> {
  if (offset > log.sizeBytes) await log.sized();
  if (offset < log.sizeBytes) await nextBlock(log, offset, largeBlockBytes);
  else if (offset > log.sizeBytes) throw noFrame(offset);
}

function noFrame(offset: number): CodedError {
  return new CodedError('invalid_request', `Last-Event-ID must be the id of an event of this run, got ${offset}`);
}

/** A block that holds at least one whole frame, or null when there is none yet; `offset` is before the end of the log. */
async function nextBlock(log: LogSource, offset: number, blockBytes: number): Promise<Buffer | null> {
  const block = await log.read(offset, blockBytes);
  if (block.length < frameHeadBytes) return null;
  const { stream, lengthBytes } = decodeHead(block, 0);
  if (stream === undefined || lengthBytes > largestFrameBytes) throw noFrame(offset);
  const needed = frameHeadBytes + lengthBytes;
  if (needed <= block.length) return block;
  const larger = await log.read(offset, needed);
  return larger.length < needed ? null : larger;
}

/** How many bytes of `block` are whole frames. */
function wholeBytes(block: Buffer): number {
  let end = 0;
  for (let next = 0; next <= block.length; ) {
    end = next;
    if (end + frameHeadBytes > block.length) break;
    next = end + frameHeadBytes + block.readUInt32LE(end + 4);
  }
  return end;
}

/** The whole frames of `block`, which begins at `start` of its log. */
export function* framesOf(block: Buffer, start: number): Generator<Frame> {
  let at = 0;
  while (at + frameHeadBytes <= block.length) {
    const { stream, timeMs, lengthBytes } = decodeHead(block, at);
    const end = at + frameHeadBytes + lengthBytes;
    if (end > block.length) return;
    yield { stream, timeMs, lengthBytes, offset: start + at, end: start + end, bytes: block.subarray(at + frameHeadBytes, end) };
    at = end;
  }
}

/** How many bytes are read in one piece. */
const atOnceBytes = 128 * 1024;

/** The bytes of one stream of a log that has ended, if it is small; otherwise null. Leaves the log open. */
export async function readSmallStream(log: LogSource, stream: LogStream): Promise<Buffer | null> {
  if (!log.ended || log.sizeBytes > atOnceBytes) return null;
  return streamOf(await log.read(0, log.sizeBytes), stream);
}

/** The bytes of one stream of a whole log. */
export function streamOf(log: Buffer, stream: LogStream): Buffer {
  const parts: Buffer[] = [];
  for (const frame of framesOf(log, 0)) if (frame.stream === stream) parts.push(frame.bytes);
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** One stream, or both in order; from `start` to `end`, end excluded. */
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
