// Waits until a text has come in what a program writes, on either stream.
import { decodeHead, frameHeadBytes, type LogStream } from '../../protocol/log-format.js';
import type { LogReader } from '../../worker/launcher.js';

const blockBytes = 64 * 1024;

/** Resolves when it has come, when the log has ended, or when it is `over`. Closes the log. */
export async function logHas(log: LogReader, text: string, over: AbortSignal): Promise<void> {
  const search = new Search(Buffer.from(text));
  const aborted = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
  let offset = 0;
  try {
    while (!over.aborted) {
      const change = log.ended ? undefined : log.changed();
      for (let bytes = await nextFrame(log, offset); bytes; bytes = await nextFrame(log, offset)) {
        if (search.sees(decodeHead(bytes, 0).stream, bytes.subarray(frameHeadBytes))) return;
        offset += bytes.length;
      }
      if (!change) return;
      if (!log.ended) await Promise.race([change, aborted]);
    }
  } finally {
    await log.close();
  }
}

/** The whole frame at `offset`, or null when there is none yet. */
async function nextFrame(log: LogReader, offset: number): Promise<Buffer | null> {
  if (offset + frameHeadBytes > log.sizeBytes) return null;
  const block = await log.read(offset, blockBytes);
  const length = frameHeadBytes + decodeHead(block, 0).lengthBytes;
  if (length <= block.length) return block.subarray(0, length);
  const larger = await log.read(offset, length);
  return larger.length < length ? null : larger;
}

/** Finds a text over the borders of what is read at once. */
class Search {
  private readonly tails: Record<LogStream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  constructor(private readonly text: Buffer) {}

  sees(stream: LogStream, bytes: Buffer): boolean {
    const joined = Buffer.concat([this.tails[stream], bytes]);
    this.tails[stream] = Buffer.from(joined.subarray(Math.max(0, joined.length - this.text.length + 1)));
    return joined.includes(this.text);
  }
}
