// A queued run of which only the place is in memory. Whoever awaits or follows it waits for its turn: its order, which may be large, is not read for that.
import type { Admission } from '../dispatch/dispatcher.js';
import type { LogOpener, LogSource } from '../model/log-source.js';
import type { StopRequest } from '../model/run-task.js';
import type { ActiveRun } from './active-run.js';
import type { RunEntity } from './run.entity.js';

type Taken = (run: ActiveRun | undefined) => void;

/** A class, so that each of many takes few bytes. */
export class ParkedRun implements LogOpener {
  waking: Promise<ActiveRun | undefined> | null = null;
  /** Set when the run is to end as soon as it is in memory. */
  stop: StopRequest | null = null;
  /** Undefined: it has ended. Null: it is parked. */
  private run: ActiveRun | undefined | null = null;
  /** Those that wait; null: nobody, as for most runs. */
  private waiting: Set<Taken> | null = null;

  constructor(
    readonly id: string,
    readonly ownerId: number,
    readonly lane: string,
    readonly admission: Admission,
  ) {}

  /** The present record, once the run is in memory. */
  get row(): RunEntity | undefined {
    return this.run?.row;
  }

  /** To be called once the run is in memory; undefined: it will not be. */
  take(run: ActiveRun | undefined): void {
    this.run = run;
    for (const taken of this.waiting ?? []) taken(run);
    this.waiting = null;
  }

  /** Resolves to the run once it is in memory; to undefined when it will not be, or when `signal` is aborted: then nothing stays here. */
  taken(signal?: AbortSignal): Promise<ActiveRun | undefined> {
    if (this.run !== null || signal?.aborted) return Promise.resolve(this.run ?? undefined);
    return new Promise((resolve) => {
      const done = (run?: ActiveRun) => {
        this.waiting?.delete(done);
        signal?.removeEventListener('abort', leave);
        resolve(run);
      };
      const leave = () => done();
      this.waiting ??= new Set();
      this.waiting.add(done);
      signal?.addEventListener('abort', leave);
    });
  }

  /** As ActiveRun does. */
  async finished(): Promise<RunEntity | undefined> {
    return (await this.taken())?.finished();
  }

  openLog(): LogSource {
    return new ParkedLog(this);
  }
}

/** Empty until the run is in memory. */
class ParkedLog implements LogSource {
  private readonly left = new AbortController();
  private readonly come: Promise<void>;
  private log: LogSource | null = null;
  private over = false;

  constructor(parked: ParkedRun) {
    this.come = parked
      .taken(this.left.signal)
      .then((run) => this.take(run))
      .catch(() => {});
  }

  get sizeBytes(): number {
    return this.log?.sizeBytes ?? 0;
  }

  get ended(): boolean {
    return this.log?.ended ?? this.over;
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    return this.log?.read(offset, lengthBytes) ?? Buffer.alloc(0);
  }

  async sized(): Promise<void> {
    await this.log?.sized();
  }

  changed(): Promise<void> {
    return this.log?.changed() ?? this.come;
  }

  async close(): Promise<void> {
    this.left.abort();
    await this.log?.close();
  }

  /** A run that could not be handed on has no log. */
  private take(run: ActiveRun | undefined): void {
    try {
      this.log = run?.openLog() ?? null;
    } finally {
      this.over = this.log === null;
    }
  }
}
