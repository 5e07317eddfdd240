// Transfers files from and to another machine: exactly the announced number of bytes, or the transfer fails.
import { Readable } from 'node:stream';
import { isObject } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import type { Call } from '../../prpc/call.js';
import { remoteError } from './remote-errors.js';

/** Bytes with a known size. */
export interface Sized {
  bytes: number;
  content: Readable;
}

/** Receives a file; the first item says how many bytes follow. */
export async function receive(call: Call): Promise<Sized> {
  const head = await call.first().catch(remoteError);
  const bytes = isObject(head) ? Number(head.size) : -1;
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    call.cancel();
    throw new CodedError('agent_failed', 'the agent has not said how large the file is');
  }
  const content = Readable.from(exactly(bodyOf(call), bytes), { objectMode: false });
  content.once('close', () => call.cancel());
  return { bytes, content };
}

/** Breaks off when there are fewer bytes than announced, and before there are more. */
async function* exactly(content: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of content) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new CodedError('agent_failed', `the agent has announced ${bytes} bytes and sent ${left > 0 ? 'fewer' : 'more'}`);
}

/** The bytes of a call's stream; when the stream breaks off there, this body breaks off, too. */
export async function* bodyOf(call: Call): AsyncGenerator<Buffer> {
  yield* call.stream.chunks();
  await call.result;
}

/** Sends a file. The call is cancelled when the content breaks off, so that a part does not pass for the whole file. */
export async function give(call: Call, content: Readable): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of content) {
      bytes += chunk.length;
      if (!(await call.stream.send(chunk))) break;
    }
  } catch (error) {
    call.cancel();
    throw error;
  }
  call.stream.end();
  const taken = await call.result.catch(remoteError);
  if (taken !== bytes) throw new CodedError('agent_failed', `the agent has taken ${String(taken)} of ${bytes} bytes`);
}
