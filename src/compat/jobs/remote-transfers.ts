// Files on their way from and to another machine: as many bytes as were announced, or none that count.
import { Readable } from 'node:stream';
import { isObject } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import type { Call } from '../../prpc/call.js';
import { remoteError } from './remote-errors.js';

/** Bytes of which it is known how many they are. */
export interface Sized {
  bytes: number;
  content: Readable;
}

/** The first item says how many bytes follow. */
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

/** Breaks off when there is less than was announced, and before there is more. */
async function* exactly(content: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of content) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new CodedError('agent_failed', `the agent has announced ${bytes} bytes and sent ${left > 0 ? 'fewer' : 'more'}`);
}

/** The bytes of a call's stream; one that broke off there breaks off here. */
export async function* bodyOf(call: Call): AsyncGenerator<Buffer> {
  yield* call.stream.chunks();
  await call.result;
}

/** Cancelled when the content breaks off, so that what has arrived is not taken for all of it. */
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
