// Keeps what comes out of a program while it runs: the file in the control directory gets its name only once it is whole.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import { orAborted } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';

/** Throws output_limit when there is more than the run may write, and the errors of `chunks`; in both cases nothing is kept. */
export async function keepStream(context: RunContext, chunks: AsyncIterable<Buffer>): Promise<void> {
  const { path, output } = context.control;
  const part = `${output}.part`;
  await mkdir(path, { recursive: true, mode: 0o700 });
  const file = context.scope.own(createWriteStream(part, { mode: 0o600 }));
  const hash = createHash('sha256');
  const closed = new AbortController();
  file.on('error', () => {}).once('close', () => closed.abort());
  try {
    for await (const chunk of bounded(chunks, context)) {
      hash.update(chunk);
      if (!file.write(chunk)) await orAborted(new Promise<void>((resolve) => void file.once('drain', () => resolve())), closed.signal);
      if (file.errored) throw file.errored;
    }
    await new Promise<void>((resolve, reject) => file.end((error?: Error | null) => (error ? reject(error) : resolve())));
    await rename(part, output);
    context.keptSha256 = hash.digest('hex');
  } catch (error) {
    file.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>, { order, outcome }: RunContext): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > order.outputLimitBytes) {
      const sentence = `the output has more than the ${order.outputLimitBytes} bytes that are allowed`;
      // before the source is closed, which the program would take for its own failure
      outcome.decide('output_limit', sentence);
      throw new CodedError('output_limit', sentence);
    }
    yield chunk;
  }
}
