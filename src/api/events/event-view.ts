// The events as all readers with the same rights and filters see them: chosen once and written alike for all of them.
import { maySee } from '../../events/change.js';
import type { KeptEvent } from '../../events/event-ring.js';
import type { Events } from '../../events/events.js';
import { type SharedChunk, sharedChunk } from '../../http/shared-chunk.js';
import type { Principal } from '../../model/roles.js';
import type { Wire } from './wires.js';

/** What a reader wants: events whose types begin with one of these; none: all. */
export interface Interest {
  viewer: Principal;
  types: string[];
}

/** The bytes of events that are chosen and written at once. */
const batchBytes = 64 * 1024;
/** At this many batches all of them are forgotten: readers at other places would need their own anyway. */
const batchesBound = 16;

export interface Batch {
  events: KeptEvent[];
  /** The number of the last event that was looked at. */
  upTo: number;
  /** Null: there are no events among those that were looked at. */
  shared: SharedChunk | null;
}

export class EventView {
  /** Until the next event is published: the batches by the number after which they begin. */
  private readonly batches = new Map<number, Batch>();
  private madeUpTo = 0;
  readers = 0;

  constructor(
    private readonly events: Events,
    private readonly interest: Interest,
    private readonly wire: Wire,
  ) {}

  /** The events after `number`, which must be reached. */
  after(number: number): Batch {
    if (this.madeUpTo !== this.events.last || this.batches.size >= batchesBound) this.batches.clear();
    this.madeUpTo = this.events.last;
    const batch = this.batches.get(number) ?? this.make(number);
    this.batches.set(number, batch);
    return batch;
  }

  private make(number: number): Batch {
    const all = this.events.after(number, batchBytes);
    const events = all.filter((event) => this.wants(event));
    const parts = events.map((event) => this.wire.encodeShared({ json: event.json, resume: this.events.idOf(event.number) }));
    return { events, upTo: number + all.length, shared: sharedChunk(Buffer.concat(parts)) };
  }

  private wants({ type, seenBy }: KeptEvent): boolean {
    const { viewer, types } = this.interest;
    return (types.length === 0 || types.some((start) => type.startsWith(start))) && maySee(viewer, seenBy);
  }
}

/** Equal for readers that see the same. */
export function viewKey({ viewer, types }: Interest, { name }: Wire): string {
  return JSON.stringify([viewer.userId, viewer.role, viewer.limited ?? false, types, name]);
}
