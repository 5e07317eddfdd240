// Waits until a text has come in what a program writes, on either stream.
import type { LogStream } from '../../protocol/log-format.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { logBytes } from '../output/log-bytes.js';

/** Resolves when it has come, or when the program has ended without it. */
export async function logHas(process: LaunchedProcess, text: string): Promise<void> {
  await Promise.race([found(process, 'stdout', text), found(process, 'stderr', text), process.ended]);
}

async function found(process: LaunchedProcess, stream: LogStream, text: string): Promise<void> {
  const wanted = Buffer.from(text);
  let tail: Buffer = Buffer.alloc(0);
  for await (const bytes of logBytes(process.openLog(), stream, 0)) {
    const joined = Buffer.concat([tail, bytes]);
    if (joined.includes(wanted)) return;
    tail = Buffer.from(joined.subarray(Math.max(0, joined.length - wanted.length + 1)));
  }
  await process.ended;
}
