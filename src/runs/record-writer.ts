// Stores the changes of one run's record in their order; what is not yet stored is stored together with what follows.
import type { RunEntity } from './run.entity.js';

/** A change that nobody waits for may be overtaken by the run's end for so long: most runs are over by then. */
const patienceMs = 25;

/** What of a record is not yet stored. `frames`: its log, where that is small. */
export interface Unstored {
  change: Partial<RunEntity>;
  frames: Buffer | null;
}

export interface RecordStore {
  /** Resolves when it is stored, however long that takes; `take` is asked at every try, `late` is called when it takes longer than usual. */
  save: (take: () => Unstored, late: () => void) => Promise<void>;
  /** Keeps what is not stored, so that the next server can store it; false when it cannot. */
  keep: (unstored: Unstored) => Promise<boolean>;
}

export class RecordWriter {
  private pending: Unstored | null = null;
  /** What the writer has of it by now. */
  private taken: Unstored | null = null;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | null = null;
  /** It takes longer than usual. */
  private isLate = false;
  private hasEnded = false;
  private sayKept: (isKept: boolean) => void = () => {};

  constructor(private readonly store: RecordStore) {}

  /** `change` is the writer's from now on. Stored soon, or with the next change that is waited for. */
  later(change: Partial<RunEntity>): void {
    this.pending = merged(this.pending, { change, frames: null });
    this.timer ??= setTimeout(() => void this.flush(), patienceMs);
  }

  /** Resolves when it is stored, with all that came before. */
  async now(change: Partial<RunEntity>): Promise<void> {
    this.pending = merged(this.pending, { change, frames: null });
    await this.flush();
  }

  /** The last change. Resolves when it is stored, with all that came before, or kept for the next server; false: it could not be kept either. */
  end(change: Partial<RunEntity>, frames: Buffer | null): Promise<boolean> {
    this.pending = merged(this.pending, { change, frames });
    this.hasEnded = true;
    return new Promise((resolve) => {
      this.sayKept = resolve;
      if (this.isLate) this.keep();
      void this.flush().then(() => resolve(true));
    });
  }

  /** Resolves when all that came before is stored. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending) this.writing ??= this.write();
    return this.writing ?? Promise.resolve();
  }

  private async write(): Promise<void> {
    while (this.pending) {
      await this.store.save(
        () => this.take(),
        () => this.tellLate(),
      );
      this.taken = null;
      this.isLate = false;
    }
    this.writing = null;
  }

  private take(): Unstored {
    if (this.pending) this.taken = merged(this.taken, this.pending);
    this.pending = null;
    return this.taken!;
  }

  private tellLate(): void {
    this.isLate = true;
    if (this.hasEnded) this.keep();
  }

  private keep(): void {
    const all = this.pending ? merged(this.taken, this.pending) : this.taken;
    if (all) void this.store.keep({ change: { ...all.change }, frames: all.frames }).then(this.sayKept);
  }
}

/** `former` is not used any more afterwards. */
function merged(former: Unstored | null, { change, frames }: Unstored): Unstored {
  return former ? { change: Object.assign(former.change, change), frames: former.frames ?? frames } : { change, frames };
}
