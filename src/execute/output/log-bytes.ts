// The bytes of one standard stream out of a run's log, from a position in the stream on and as they come.
import { decodeHead, frameHeadBytes, type LogStream } from '../../protocol/log-format.js';
import type { LogReader } from '../../worker/launcher.js';

const blockBytes = 64 * 1024;

/** Until the log has ended; closes it. What lies before `position` is passed over by its heads alone. */
export async function* logBytes(log: LogReader, stream: LogStream, position: number): AsyncGenerator<Buffer> {
  let offset = 0;
  let seen = 0;
  try {
    for (;;) {
      const change = log.ended ? undefined : log.changed();
      for (let frame = await frameAt(log, offset); frame; frame = await frameAt(log, offset)) {
        offset += frameHeadBytes + frame.lengthBytes;
        if (frame.stream !== stream) continue;
        seen += frame.lengthBytes;
        if (seen > position) yield (await frame.bytes()).subarray(Math.max(0, position - (seen - frame.lengthBytes)));
      }
      if (!change) return;
      if (!log.ended) await change;
    }
  } finally {
    await log.close();
  }
}

interface LogFrame {
  stream: LogStream;
  lengthBytes: number;
  bytes(): Promise<Buffer>;
}

/** Null when there is no whole one yet. */
async function frameAt(log: LogReader, offset: number): Promise<LogFrame | null> {
  if (offset + frameHeadBytes > log.sizeBytes) return null;
  const block = await log.read(offset, blockBytes);
  const { stream, lengthBytes } = decodeHead(block, 0);
  const end = frameHeadBytes + lengthBytes;
  if (offset + end > log.sizeBytes) return null;
  const bytes = async () => (block.length >= end ? block.subarray(frameHeadBytes, end) : log.read(offset + frameHeadBytes, lengthBytes));
  return { stream, lengthBytes, bytes };
}
