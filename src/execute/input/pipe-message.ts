// Brings a message into a file or a pipe without ending the message's own connection when the other side stops reading.
import type { Readable, Writable } from 'node:stream';

/**
 * Resolves when `sink` has closed: all is written, or `sink` takes no more. Rejects when the message breaks off.
 * What `sink` did not take stays in `message`; the caller checks `sink.errored` for errors of `sink`.
 */
export function pipeMessage(message: Readable, sink: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const breakOff = (error?: Error) => {
      sink.destroy();
      reject(error ?? new Error('the message broke off'));
    };
    message.once('error', breakOff);
    message.once('close', () => !message.readableEnded && breakOff());
    sink.on('error', () => {});
    sink.once('close', resolve);
    if (message.destroyed && !message.readableEnded) breakOff();
    else if (message.readableEnded) sink.end();
    else message.pipe(sink);
  });
}
