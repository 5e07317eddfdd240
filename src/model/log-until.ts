// Wraps the log of a run so that it ends at once when its reader goes away.
import type { LogSource } from './log-source.js';

/** `gone` may live longer than many logs. */
export function logUntil(log: LogSource, gone: AbortSignal): LogSource {
  let wake = () => {};
  let left = gone.aborted;
  const leave = () => {
    left = true;
    wake();
  };
  gone.addEventListener('abort', leave);
  return {
    get sizeBytes() {
      return left ? 0 : log.sizeBytes;
    },
    get ended() {
      return left || log.ended;
    },
    read: (offset, lengthBytes) => log.read(offset, lengthBytes),
    changed: () =>
      new Promise((resolve) => {
        wake = resolve;
        void log.changed().then(resolve);
      }),
    close: () => {
      gone.removeEventListener('abort', leave);
      return log.close();
    },
  };
}

/** A signal that is aborted once `over` is settled. */
export function signalOf(over: Promise<unknown>): AbortSignal {
  const signal = new AbortController();
  void over.then(() => signal.abort());
  return signal.signal;
}
