// The batches that several readers want, with one bound for all views: readers at different places, or of different views, hold little memory.
import type { KeptEvent } from '../../events/event-ring.js';
import type { SharedChunk } from '../../http/shared-chunk.js';

/** At this many batches all of them are forgotten: 8 MiB of events, and as much as chunks. */
const batchesBound = 128;

export interface Batch {
  events: KeptEvent[];
  /** The number of the last event that was looked at. */
  upTo: number;
  /** Null: the viewer wants none of those that were looked at. */
  shared: SharedChunk | null;
}

export class Batches {
  private readonly kept = new Map<object, Map<number, Batch>>();
  private count = 0;
  private madeUpTo = 0;

  /** The batch of this view that begins after the event `number`; `last` is the number of the last event there is. */
  find(view: object, number: number, last: number): Batch | undefined {
    if (this.madeUpTo !== last) this.forget();
    this.madeUpTo = last;
    return this.kept.get(view)?.get(number);
  }

  keep(view: object, number: number, batch: Batch): void {
    if (this.count >= batchesBound) this.forget();
    const ofView = this.kept.get(view) ?? new Map<number, Batch>();
    this.kept.set(view, ofView.set(number, batch));
    this.count++;
  }

  private forget(): void {
    this.kept.clear();
    this.count = 0;
  }
}
