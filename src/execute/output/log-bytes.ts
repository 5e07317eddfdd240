// The bytes of one standard stream out of a run's log, from a position in the stream on and as they come.
import { decodeHead, frameHeadBytes, type LogStream } from '../../protocol/log-format.js';
import type { LogReader } from '../../worker/launcher.js';

const blockBytes = 64 * 1024;

/** Until the log has ended; closes it. What lies before `position` is passed over. */
export async function* logBytes(log: LogReader, stream: LogStream, position: number): AsyncGenerator<Buffer> {
  let offset = 0;
  let seen = 0;
  try {
    for (;;) {
      const change = log.ended ? undefined : log.changed();
      for (let block = await blockAt(log, offset); block; block = await blockAt(log, offset)) {
        for (const frame of framesIn(block)) {
          offset += frameHeadBytes + frame.bytes.length;
          if (frame.stream !== stream) continue;
          seen += frame.bytes.length;
          if (seen > position) yield frame.bytes.subarray(Math.max(0, position - (seen - frame.bytes.length)));
        }
      }
      if (!change) return;
      if (!log.ended) await change;
    }
  } finally {
    await log.close();
  }
}

/** At least one whole frame; null when there is none yet. */
async function blockAt(log: LogReader, offset: number): Promise<Buffer | null> {
  if (offset + frameHeadBytes > log.sizeBytes) return null;
  const block = await log.read(offset, blockBytes);
  const end = frameHeadBytes + decodeHead(block, 0).lengthBytes;
  if (offset + end > log.sizeBytes) return null;
  return block.length >= end ? block : log.read(offset, end);
}

/** The whole frames of a block that begins with one. */
function* framesIn(block: Buffer): Generator<{ stream: LogStream; bytes: Buffer }> {
  for (let at = 0; at + frameHeadBytes <= block.length; ) {
    const { stream, lengthBytes } = decodeHead(block, at);
    const end = at + frameHeadBytes + lengthBytes;
    if (end > block.length) return;
    yield { stream, bytes: block.subarray(at + frameHeadBytes, end) };
    at = end;
  }
}
