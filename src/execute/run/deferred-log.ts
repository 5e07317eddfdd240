// The log of a run, available from the moment the run is submitted: empty until the program has started.
import type { LogSource } from '../../model/log-source.js';
import type { LaunchedProcess } from '../../worker/launcher.js';

export class DeferredLog {
  private process: LaunchedProcess | null = null;
  over = false;
  private waiting: (() => void)[] = [];

  /** `isFormer`: an earlier server may have started the program, so that the log may exist before it is found. */
  constructor(readonly isFormer: boolean) {}

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
    return new DeferredReader(this);
  }

  /** Null: no program has started. */
  opened(): LogSource | null {
    return this.process?.openLog() ?? null;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** A class, since a getter of an object literal would keep all that it sees until the next major collection. */
class DeferredReader implements LogSource {
  private reader: LogSource | null = null;

  constructor(private readonly log: DeferredLog) {}

  get sizeBytes(): number {
    return this.current()?.sizeBytes ?? 0;
  }

  get ended(): boolean {
    return this.current()?.ended ?? this.log.over;
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.current()?.read(offset, lengthBytes) ?? Buffer.alloc(0);
  }

  async sized(): Promise<void> {
    while (this.log.isFormer && !this.log.over && !this.current()) await this.log.changed();
    await this.current()?.sized();
  }

  changed(): Promise<void> {
    return this.current()?.changed() ?? this.log.changed();
  }

  async close(): Promise<void> {
    await this.reader?.close();
  }

  private current(): LogSource | null {
    this.reader ??= this.log.opened();
    return this.reader;
  }
}
