// The log of a run, available from the moment the run is submitted: empty until the program has started.
import type { LogSource } from '../../model/log-source.js';
import type { LaunchedProcess } from '../../worker/launcher.js';

export class DeferredLog {
  private process: LaunchedProcess | null = null;
  private over = false;
  private waiting: (() => void)[] = [];

  attach(process: LaunchedProcess): void {
    this.process = process;
    this.wake();
  }

  /** No program will start any more. */
  end(): void {
    this.over = true;
    this.wake();
  }

  /** Opens the log; the reader must close it. */
  open(): LogSource {
    const log = this;
    let reader: LogSource | null = null;
    const current = () => {
      reader ??= log.process?.openLog() ?? null;
      return reader;
    };
    return {
      get sizeBytes() {
        return current()?.sizeBytes ?? 0;
      },
      get ended() {
        return current()?.ended ?? log.over;
      },
      read: (offset, lengthBytes) => current()?.read(offset, lengthBytes) ?? Promise.resolve(Buffer.alloc(0)),
      changed: () => current()?.changed() ?? new Promise((resolve) => log.waiting.push(resolve)),
      close: async () => reader?.close(),
    };
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
