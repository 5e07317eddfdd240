// Waits until a program has written a given text, on either stream.
import type { LogStream } from '../../model/log-format.js';
import { logUntil } from '../../model/log-until.js';
import { readStream } from '../../model/read-frames.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { onAbort } from '../run/end-signal.js';

/** Resolves when `text` has come, or when `over` is aborted; the log is closed by then. */
export async function waitForLogLine(process: LaunchedProcess, text: string, over: AbortSignal): Promise<void> {
  const found = new AbortController();
  const enough = AbortSignal.any([over, found.signal]);
  const look = async (stream: LogStream) => {
    if (await hasCome(readStream(logUntil(process.openLog(), enough), { stream, follow: true }), text)) found.abort();
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
