// When the output of a program is at its end: at EOF, or when it has ended and its pipe stays silent.
import type { Readable } from 'node:stream';

/** Once the program has ended, a pipe that a grandchild still holds is given up after this silence, */
const silenceMs = 100;
/** or after it was waited for so long in all, however much the grandchild says. */
const patienceMs = 1000;

/** Yields what `stream` brings; only as fast as the caller takes it. */
export async function* readUntilDrained(stream: Readable, exited: Promise<unknown>): AsyncGenerator<Buffer> {
  let ended = false;
  let over = false;
  let waitedMs = 0;
  let wake = () => {};
  const onEnd = () => {
    ended = true;
    wake();
  };
  stream.on('readable', () => wake());
  stream.on('end', onEnd).on('close', onEnd).on('error', onEnd);
  void exited.then(() => {
    over = true;
    wake();
  });
  try {
    for (;;) {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (ended) return;
      else {
        const sinceMs = performance.now();
        if (!(await activity((resume) => (wake = resume), over))) return;
        if (over) waitedMs += performance.now() - sinceMs;
        if (waitedMs > patienceMs) return;
      }
    }
  } finally {
    stream.destroy();
  }
}

/** True at the next sign of life; false after the silence, which counts only once the program has ended. */
function activity(listen: (wake: () => void) => void, over: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = over ? setTimeout(() => resolve(false), silenceMs) : undefined;
    listen(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
