// Large definitions that somebody holds, such as calls that wait for the end of their run: each revision is in memory once.
import { cachedLength } from './definition-cache.js';

interface Row {
  id: number;
  definition: string;
}

export class LargeRows<Found extends Row> {
  private readonly held = new Map<number, WeakRef<Found>>();
  private readonly released = new FinalizationRegistry<number>((id) => {
    if (!this.held.get(id)?.deref()) this.held.delete(id);
  });

  /** The row that is held already, if it is the same; otherwise this one, which cannot be changed any more. Small rows are as they were. */
  once(row: Found): Found {
    if (row.definition.length <= cachedLength) return row;
    const former = this.held.get(row.id)?.deref();
    if (former && isSame(former, row)) return former;
    this.held.set(row.id, new WeakRef(Object.freeze(row)));
    this.released.register(row, row.id);
    return row;
  }
}

function isSame<Found extends Row>(one: Found, other: Found): boolean {
  return (Object.keys(other) as (keyof Found)[]).every((key) => one[key] === other[key]);
}
