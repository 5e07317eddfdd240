// When the output of a program is at its end: at EOF, or when it has ended and its pipe stays silent.
import type { Readable } from 'node:stream';

/** Once the program has ended, a pipe that a grandchild still holds is given up after this silence. */
const silenceMs = 100;
/** How long to wait for such a pipe in all, however much the grandchild writes. */
const patienceMs = 1000;

/**
 * Yields what `stream` brings; only as fast as the caller takes it. Listens from this call on, and not from the first
 * read: Node discards what a program wrote before its end when nobody listens by then.
 */
export function readUntilDrained(stream: Readable, exited: Promise<unknown>): AsyncGenerator<Buffer> {
  const signs: Signs = { ended: false, over: false, wake: () => {} };
  const onEnd = () => {
    signs.ended = true;
    signs.wake();
  };
  stream.on('readable', () => signs.wake());
  stream.on('end', onEnd).on('close', onEnd).on('error', onEnd);
  void exited.then(() => {
    signs.over = true;
    signs.wake();
  });
  return chunksOf(stream, signs);
}

/** What is known so far. `ended`: the pipe is at its end; `over`: the program has ended. */
interface Signs {
  ended: boolean;
  over: boolean;
  wake: () => void;
}

async function* chunksOf(stream: Readable, signs: Signs): AsyncGenerator<Buffer> {
  let waitedMs = 0;
  try {
    for (;;) {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) {
        yield chunk;
        continue;
      }
      if (signs.ended || waitedMs > patienceMs) return;
      const sinceMs = performance.now();
      const { over } = signs;
      if (!(await activity(signs))) return;
      if (over) waitedMs += performance.now() - sinceMs;
    }
  } finally {
    stream.destroy();
  }
}

/**
 * True at the next sign of life; false after the silence, which counts only once the program has ended. A busy event loop
 * runs late timers before it looks at pipes, so silence is believed only when the pipes have been looked at since.
 */
function activity(signs: Signs): Promise<boolean> {
  return new Promise((resolve) => {
    const believe = () => setImmediate(() => setImmediate(() => resolve(false)));
    const timer = signs.over ? setTimeout(believe, silenceMs) : undefined;
    signs.wake = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}
