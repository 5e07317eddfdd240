// Reads and discards the rest of a body when the response is known, within bounds, so that the response arrives.
import type { IncomingMessage } from 'node:http';

const drainBytes = 2 ** 30;
const drainMs = 30_000;

/** Resolves when the body has been read, or at a bound; after that the rest is not read. */
export function drainMessage(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = () => {
      clearTimeout(timer);
      request.off('data', count);
      resolve();
    };
    const giveUp = () => {
      request.pause();
      finish();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > drainBytes) giveUp();
    };
    const timer = setTimeout(giveUp, drainMs);
    request.on('data', count).once('end', finish).once('close', finish).once('error', finish);
    request.unpipe();
    request.resume();
  });
}
