// What a request brings before a run has taken it: it lies under the id of the run that it may become, and goes when no run takes it.
import type { RunStore } from './run-store.js';

export class Spool {
  private isKept = false;

  constructor(
    private readonly store: RunStore,
    /** Of the run that may take it; its files lie in the control directory of this id. */
    readonly id: string,
  ) {}

  /** The run of this id was accepted: it keeps what was spooled if it is the run of this spool. Returns the id. */
  takenBy(runId: string): string {
    if (runId === this.id) this.isKept = true;
    return runId;
  }

  /** It stays beyond its request: whoever holds it calls `release`. */
  hold(): void {
    this.isKept = true;
  }

  /** The message was delivered to this run: all goes but what the run itself has taken. */
  async release(runId: string): Promise<void> {
    if (runId === this.id) await this.store.discardMessage(runId);
    else await this.store.discard(this.id);
  }

  /** The request is over: what no run has taken, and nobody holds, goes. */
  async close(): Promise<void> {
    if (!this.isKept) await this.store.discard(this.id);
  }
}
