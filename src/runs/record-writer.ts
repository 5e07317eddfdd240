// Stores the changes of the record of one run in their order; changes that are not yet stored are stored together with later ones.
import type { RunEntity } from './run.entity.js';

/** How long a change that nobody waits for is delayed, so that it can be stored with the end of the run: most runs are over by then. */
const patienceMs = 25;

/** The part of a record that is not yet stored. `frames`: the log, if it is small. */
export interface Unstored {
  change: Partial<RunEntity>;
  frames: Buffer | null;
}

export interface RecordStore {
  /** Resolves when the changes are stored, however long that takes; `take` is called at every try, `late` is called when it takes longer than usual. */
  save: (take: () => Unstored, late: () => void) => Promise<void>;
  /** Keeps changes that are not stored, so that the next server can store them; false when that fails. */
  keep: (unstored: Unstored) => Promise<boolean>;
}

export class RecordWriter {
  private pending: Unstored | null = null;
  /** The changes that the writer is storing now. */
  private taken: Unstored | null = null;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | null = null;
  /** True when storing takes longer than usual. */
  private isLate = false;
  private hasEnded = false;
  private sayKept: (isKept: boolean) => void = () => {};

  constructor(private readonly store: RecordStore) {}

  /** Stores a change soon, or with the next change that is waited for. `change` belongs to the writer from now on. */
  later(change: Partial<RunEntity>): void {
    this.pending = merged(this.pending, { change, frames: null });
    this.timer ??= setTimeout(() => void this.flush(), patienceMs);
  }

  /** Resolves when the change is stored, together with all earlier ones. */
  async now(change: Partial<RunEntity>): Promise<void> {
    this.pending = merged(this.pending, { change, frames: null });
    await this.flush();
  }

  /** Stores the last change. Resolves when it is stored, together with all earlier ones, or kept for the next server; false: neither succeeded. */
  end(change: Partial<RunEntity>, frames: Buffer | null): Promise<boolean> {
    this.pending = merged(this.pending, { change, frames });
    this.hasEnded = true;
    return new Promise((resolve) => {
      this.sayKept = resolve;
      if (this.isLate) this.keep();
      void this.flush().then(() => resolve(true));
    });
  }

  /** Resolves when all earlier changes are stored. */
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
