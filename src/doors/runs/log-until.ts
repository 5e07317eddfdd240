// The log of a run for as long as somebody reads it: for a reader who goes away it ends at once.
import type { LogSource } from '../../protocol/log-source.js';

export function logUntil(log: LogSource, gone: Promise<unknown>): LogSource {
  let over = false;
  let wake = () => {};
  void gone.then(() => {
    over = true;
    wake();
  });
  return {
    get sizeBytes() {
      return over ? 0 : log.sizeBytes;
    },
    get ended() {
      return over || log.ended;
    },
    read: (offset, lengthBytes) => log.read(offset, lengthBytes),
    changed: () =>
      new Promise((resolve) => {
        wake = resolve;
        void log.changed().then(resolve);
      }),
    close: () => log.close(),
  };
}
