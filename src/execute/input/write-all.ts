// Writes a message piece by piece into what a program reads, as fast as the program takes it, and leaves the sink open.
import type { Writable } from 'node:stream';
import { onAbort, orAborted } from '../run/end-signal.js';

/** False when `sink` closes before it has taken all, or when its reader is `gone`. Rejects when the message breaks off. */
export async function writeAll(chunks: AsyncIterable<Buffer>, sink: Writable, gone?: AbortSignal): Promise<boolean> {
  if (sink.destroyed) return false;
  const closed = new AbortController();
  const close = () => closed.abort();
  const forget = gone && onAbort(gone, close);
  const ignore = () => {};
  sink.on('error', ignore).once('close', close);
  try {
    return await write(chunks, sink, closed.signal);
  } finally {
    forget?.();
    sink.off('close', close);
    // an error that is reported late must find a listener
    if (!sink.destroyed) sink.off('error', ignore);
  }
}

async function write(chunks: AsyncIterable<Buffer>, sink: Writable, closed: AbortSignal): Promise<boolean> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(iterator.next(), closed);
    if (next === null) break;
    if (next.done) return flushed(sink);
    if (!sink.write(next.value)) await orAborted(drained(sink), closed);
  }
  // nobody needs the piece that is still awaited
  void iterator.return?.().catch(() => {});
  return false;
}

/** Cuts the chunks into pieces of at most `sizeBytes`. */
export async function* cut(chunks: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += sizeBytes) yield chunk.subarray(at, at + sizeBytes);
  }
}

function drained(sink: Writable): Promise<void> {
  return new Promise((resolve) => sink.once('drain', resolve));
}

function flushed(sink: Writable): Promise<boolean> {
  return new Promise((resolve) => {
    if (sink.destroyed) resolve(false);
    else sink.write(Buffer.alloc(0), (error) => resolve(!error));
  });
}
