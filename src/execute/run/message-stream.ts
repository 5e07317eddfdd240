// The message of a run as a stream, wherever the order says that it is.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { RunContext } from './run-context.js';

export function messageOf({ order, message, scope }: Pick<RunContext, 'order' | 'message' | 'scope'>): Readable {
  const { message: source } = order;
  // what cannot be read is told to its reader: the program may have ended before there was one
  if (source.kind === 'file') return scope.own(createReadStream(source.path));
  if (source.kind === 'inline') return Readable.from([Buffer.from(source.base64, 'base64')]);
  return message ?? Readable.from([]);
}

/** Its chunks; what nobody takes stays in it, so that its connection goes on. */
export function chunksOf(message: Readable): AsyncIterable<Buffer> {
  return message.iterator({ destroyOnReturn: false });
}
