// The way into a service that reads one stream without end: message after message, each whole.
import type { Readable, Writable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { MessageSink } from '../io/input-adapter.js';
import { writeAll } from './write-all.js';

interface Way {
  stream: Writable;
  /** Turns a message into the bytes that are written. */
  frames: (message: Readable) => AsyncIterable<Buffer>;
  /** The name of the stream, for people. */
  name: string;
  /** Ends the stream. */
  close: () => void;
}

export function sinkInto({ stream, frames, name, close }: Way): MessageSink {
  let before: Promise<unknown> = Promise.resolve();
  const send = async (message: Readable): Promise<null> => {
    if (await writeAll(frames(message), stream)) return null;
    throw new CodedError('input_error', `the program no longer reads ${name}`);
  };
  return {
    send(message: Readable): Promise<null> {
      const sent = before.then(() => send(message));
      before = sent.catch(() => {});
      return sent;
    },
    async close(): Promise<void> {
      close();
    },
  };
}
