// The output that is shown with a failure: the end of stderr and the start of stdout.
import type { LogSource } from '../model/log-source.js';
import { readFrames } from '../model/read-frames.js';

const excerptBytes = 4096;

/** Reads the log to its end and closes it. */
export async function outputExcerpts(log: LogSource): Promise<{ stderr: string; stdout: string }> {
  let stderr: Buffer = Buffer.alloc(0);
  let stdout: Buffer = Buffer.alloc(0);
  for await (const { stream, bytes } of readFrames(log, {})) {
    if (stream === 'stderr') stderr = Buffer.from(Buffer.concat([stderr, bytes]).subarray(-excerptBytes));
    else if (stdout.length < excerptBytes) stdout = Buffer.from(Buffer.concat([stdout, bytes]).subarray(0, excerptBytes));
  }
  return { stderr: wholeCharacters(stderr), stdout: wholeCharacters(stdout) };
}

/** Removes the parts of characters that the cut left at either end. */
function wholeCharacters(bytes: Buffer): string {
  let start = 0;
  while (start < Math.min(3, bytes.length) && (bytes[start] & 0xc0) === 0x80) start++;
  return new TextDecoder().decode(bytes.subarray(start)).replace(/\ufffd$/, '');
}
