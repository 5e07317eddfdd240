// Wraps the log of a run so that it ends at once when its reader goes away.
import type { LogSource } from './log-source.js';

/** `gone` may live longer than many logs. */
export function logUntil(log: LogSource, gone: AbortSignal): LogSource {
  return new BoundLog(log, gone);
}

/** A class, since a getter of an object literal would keep all that it sees until the next major collection. */
class BoundLog implements LogSource {
  private wake = () => {};
  private left: boolean;
  private readonly leave = () => {
    this.left = true;
    this.wake();
  };

  constructor(
    private readonly log: LogSource,
    private readonly gone: AbortSignal,
  ) {
    this.left = gone.aborted;
    gone.addEventListener('abort', this.leave);
  }

  get sizeBytes(): number {
    return this.left ? 0 : this.log.sizeBytes;
  }

  get ended(): boolean {
    return this.left || this.log.ended;
  }

  read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.log.read(offset, lengthBytes);
  }

  sized(): Promise<void> {
    return this.left ? Promise.resolve() : this.unlessLeft(this.log.sized());
  }

  changed(): Promise<void> {
    return this.unlessLeft(this.log.changed());
  }

  close(): Promise<void> {
    this.gone.removeEventListener('abort', this.leave);
    return this.log.close();
  }

  private unlessLeft(awaited: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      void awaited.then(resolve);
    });
  }
}

/** A signal that is aborted once `over` is settled. */
export function signalOf(over: Promise<unknown>): AbortSignal {
  const signal = new AbortController();
  void over.then(() => signal.abort());
  return signal.signal;
}
