// The files of a request before a run has taken them: they lie under the id of the future run, and are removed when no run takes them.
import type { RunStore } from './run-store.js';

export class Spool {
  private isKept = false;

  constructor(
    private readonly store: RunStore,
    /** The id of the run that may take the files, which lie in the control directory of this id. */
    readonly id: string,
  ) {}

  /** Called when the run with this id was accepted: it keeps the files if it is the run of this spool. Returns the id. */
  takenBy(runId: string): string {
    if (runId === this.id) this.isKept = true;
    return runId;
  }

  /** Keeps the files beyond the request: the holder must call `release`. */
  hold(): void {
    this.isKept = true;
  }

  /** Called when the message was delivered to this run: removes all files except those that the run itself has taken. */
  async release(runId: string): Promise<void> {
    if (runId === this.id) await this.store.discardMessage(runId);
    else await this.store.discard(this.id);
  }

  /** Called when the request is over: removes the files that no run has taken and nobody holds. */
  async close(): Promise<void> {
    if (!this.isKept) await this.store.discard(this.id);
  }
}
