// What is left of a message when its run is over: read and thrown away, within bounds, so that the answer arrives.
import type { IncomingMessage } from 'node:http';

const drainBytes = 2 ** 30;
const drainMs = 30_000;

/** Resolves when the message has been read, or at a bound. */
export function drainMessage(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(done, drainMs);
    function done() {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done).pause();
      resolve();
    }
    function count(chunk: Buffer) {
      bytes += chunk.length;
      if (bytes > drainBytes) done();
    }
    request.on('data', count).once('end', done).once('close', done).once('error', done);
    request.unpipe();
    request.resume();
  });
}
