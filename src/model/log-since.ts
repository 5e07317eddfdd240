// A log from a time on.
import { type FrameBlock, framesOf } from './read-frames.js';

/** Leaves out what comes before the first frame of this time or a later one. Times may go back with the clock: nothing behind that frame is left out. */
export async function* blocksSince(blocks: AsyncIterable<FrameBlock>, sinceMs: number | undefined): AsyncGenerator<FrameBlock> {
  let hasBegun = sinceMs === undefined;
  for await (const block of blocks) {
    const begins = hasBegun ? block.offset : firstSince(block, sinceMs as number);
    if (begins === undefined) continue;
    hasBegun = true;
    yield restOf(block, begins);
  }
}

/** The block from the frame on that begins at `offset` of the log. */
export function restOf(block: FrameBlock, offset: number): FrameBlock {
  return offset === block.offset ? block : { bytes: block.bytes.subarray(offset - block.offset), offset, end: block.end };
}

function firstSince({ bytes, offset }: FrameBlock, sinceMs: number): number | undefined {
  for (const frame of framesOf(bytes, offset)) if (frame.timeMs >= sinceMs) return frame.offset;
  return undefined;
}
