// The message of a run as a stream, wherever the order says the message is.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { RunContext } from './run-context.js';

export function messageOf({ order, message, scope }: Pick<RunContext, 'order' | 'message' | 'scope'>): Readable {
  const { message: source } = order;
  // a read error is reported to the reader of the stream: the program may have ended before there was a reader
  if (source.kind === 'file') return scope.own(createReadStream(source.path));
  if (source.kind === 'inline') return Readable.from([Buffer.from(source.base64, 'base64')]);
  return message ?? Readable.from([]);
}

/** The chunks of a message. Chunks that nobody takes stay in the message, so that its connection stays open. */
export function chunksOf(message: Readable): AsyncIterable<Buffer> {
  return message.iterator({ destroyOnReturn: false });
}
