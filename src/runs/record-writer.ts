// Stores the changes of one run's record in their order; what is not yet on its way is stored together with what follows.
import type { RunEntity } from './run.entity.js';

/** A change that nobody waits for may be overtaken by the run's end for so long: most runs are over by then. */
const patienceMs = 25;

type Save = (change: Partial<RunEntity>, frames: Buffer | null) => Promise<void>;

export class RecordWriter {
  private pending: { change: Partial<RunEntity>; frames: Buffer | null } | null = null;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly save: Save) {}

  /** `change` is the writer's from now on. Stored soon, or with the next change that is waited for. */
  later(change: Partial<RunEntity>): void {
    this.add(change, null);
    this.timer ??= setTimeout(() => void this.flush(), patienceMs);
  }

  /** Resolves when it is stored, with all that came before. */
  async now(change: Partial<RunEntity>, frames: Buffer | null = null): Promise<void> {
    this.add(change, frames);
    await this.flush();
  }

  private add(change: Partial<RunEntity>, frames: Buffer | null): void {
    if (this.pending) Object.assign(this.pending.change, change);
    else this.pending = { change, frames: null };
    this.pending.frames ??= frames;
  }

  /** Resolves when all that came before is stored. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { pending } = this;
    this.pending = null;
    if (pending) this.writing = this.writing.then(() => this.save(pending.change, pending.frames));
    return this.writing;
  }
}
