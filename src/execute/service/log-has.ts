// Waits until a text has come in what a program writes, on either stream.
import type { LogStream } from '../../protocol/log-format.js';
import type { LaunchedProcess, LogReader } from '../../worker/launcher.js';
import { onAbort, orAborted } from '../end-signal.js';
import { logBytes } from '../output/log-bytes.js';

/** Resolves when it has come, or when `over` is aborted; nobody reads the log any more then. */
export async function logHas(process: LaunchedProcess, text: string, over: AbortSignal): Promise<void> {
  const found = new AbortController();
  const enough = AbortSignal.any([over, found.signal]);
  const look = async (stream: LogStream) => {
    if (await hasCome(logBytes(until(process.openLog(), enough), stream, 0), text)) found.abort();
  };
  await Promise.all([look('stdout'), look('stderr')]);
  // a log may end a little before its program
  await new Promise<void>((resolve) => onAbort(enough, resolve));
}

async function hasCome(source: AsyncIterable<Buffer>, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  let tail: Buffer = Buffer.alloc(0);
  for await (const bytes of source) {
    const joined = Buffer.concat([tail, bytes]);
    if (joined.includes(wanted)) return true;
    tail = Buffer.from(joined.subarray(Math.max(0, joined.length - wanted.length + 1)));
  }
  return false;
}

/** A log that has ended when it is `enough`. */
function until(log: LogReader, enough: AbortSignal): LogReader {
  return {
    get sizeBytes() {
      return enough.aborted ? 0 : log.sizeBytes;
    },
    get ended() {
      return enough.aborted || log.ended;
    },
    read: (offset, lengthBytes) => log.read(offset, lengthBytes),
    changed: async () => void (await orAborted(log.changed(), enough)),
    close: () => log.close(),
  };
}
