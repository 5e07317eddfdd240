// The way into a service that reads one stream without end: message after message, each whole.
import type { Readable, Writable } from 'node:stream';
import { CodedError } from '../../protocol/coded-error.js';
import type { MessageSink } from './contract.js';
import { writeAll } from './write-all.js';

/** `frames` makes of a message what is written; `name`: of the stream, for people. */
export function sinkInto(stream: Writable, frames: (message: Readable) => AsyncIterable<Buffer>, name: string): MessageSink {
  let before: Promise<unknown> = Promise.resolve();
  const send = async (message: Readable): Promise<null> => {
    if (await writeAll(frames(message), stream)) return null;
    throw new CodedError('input_error', `the program does not read ${name} any more`);
  };
  return {
    send(message: Readable): Promise<null> {
      const sent = before.then(() => send(message));
      before = sent.catch(() => {});
      return sent;
    },
    async close(): Promise<void> {
      stream.destroy();
    },
  };
}
