// Describes why an attempt of a service ended, for the record while the next attempt is pending: the error, and the end of stderr.
import type { LogSource } from '../model/log-source.js';
import { readFrames } from '../model/read-frames.js';
import type { RunResult } from '../model/run-result.js';
import { MemoryLog } from '../results/log-source.js';

const excerptBytes = 1024;
/** A longer log is not read for the error. */
const readBytes = 2 ** 20;

/** The log of the attempt is removed when the next one begins. */
export async function attemptError({ error, exitCode, log }: RunResult, open: () => Promise<LogSource>): Promise<string> {
  const sentence = error ?? `the program ended with exit code ${exitCode}`;
  const read = async () => endOfStderr(log ? new MemoryLog(log) : await open());
  const stderr = await read().catch(() => '');
  return stderr === '' ? sentence : `${sentence}; stderr: ${stderr}`;
}

async function endOfStderr(log: LogSource): Promise<string> {
  if (log.sizeBytes > readBytes) {
    await log.close();
    return '';
  }
  let end: Buffer = Buffer.alloc(0);
  for await (const { stream, bytes } of readFrames(log, {})) {
    if (stream === 'stderr') end = Buffer.from(Buffer.concat([end, bytes]).subarray(-excerptBytes));
  }
  return end
    .toString()
    .replace(/^\ufffd+/, '')
    .trim();
}
