// A part of a log in pieces that are sent at once, each of few events, however small the frames are.
import { type Frame, type FrameBlock, framesOf } from '../../model/read-frames.js';

/** What a program writes within this time is sent together. */
export const restMs = 10;
/** Each event has a head, and a resume point that names up to 16 runs. */
const pieceEvents = 100;

/** The frames of the block; neighbours of one stream that were written at about the same time are one. */
export function* logPieces({ bytes, offset }: FrameBlock): Generator<Frame[]> {
  let piece: Frame[] = [];
  for (const frame of joinedFrames(framesOf(bytes, offset))) {
    piece.push(frame);
    if (piece.length < pieceEvents) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function* joinedFrames(frames: Iterable<Frame>): Generator<Frame> {
  let group: Frame[] = [];
  for (const frame of frames) {
    if (group.length > 0 && !isOne(group[0], frame)) {
      yield joined(group);
      group = [];
    }
    group.push(frame);
  }
  if (group.length > 0) yield joined(group);
}

/** The clock may be set back meanwhile. */
function isOne(first: Frame, { stream, timeMs }: Frame): boolean {
  return stream === first.stream && Math.abs(timeMs - first.timeMs) < restMs;
}

function joined(frames: Frame[]): Frame {
  if (frames.length === 1) return frames[0];
  const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
  return { ...frames[0], end: frames[frames.length - 1].end, lengthBytes: bytes.length, bytes };
}
