// Tells whether many short runs come and end at the same time, so that the writes of several can share one transaction.
import type { RunEntity } from './run.entity.js';

/** This many runs at a time are a crowd. */
const size = 5;
/** A run that takes longer does not count: it comes and ends with few others. */
const youngMs = 100;

export class Crowd {
  private readonly last: (RunEntity | null)[] = Array.from({ length: size }, () => null);
  private next = 0;

  enter(row: RunEntity): void {
    this.last[this.next] = row;
    this.next = (this.next + 1) % size;
  }

  /** Whether all of the last runs are still under way: then the first of them is. */
  get isThere(): boolean {
    const first = this.last[this.next];
    return first !== null && first.state !== 'finished' && Date.now() - first.createdAtMs < youngMs;
  }
}
