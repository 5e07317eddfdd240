// The events as all readers with the same rights and filters see them: chosen once and written alike for all of them.
import { type ChangeType, maySee } from '../../events/change.js';
import type { KeptEvent } from '../../events/event-ring.js';
import type { Events } from '../../events/events.js';
import { sharedChunk } from '../../http/shared-chunk.js';
import type { Principal } from '../../model/roles.js';
import type { Batch, Batches } from './batches.js';
import type { Wire } from './wires.js';

/** What a reader wants: events of these types. */
export interface Interest {
  viewer: Principal;
  types: readonly ChangeType[];
}

/** The bytes of events that are chosen and written at once. */
const batchBytes = 64 * 1024;

export class EventView {
  readers = 0;

  constructor(
    private readonly events: Events,
    private readonly interest: Interest,
    private readonly wire: Wire,
    private readonly batches: Batches,
  ) {}

  /** The events after `number`, which must be reached. */
  after(number: number): Batch {
    const found = this.batches.find(this, number, this.events.last);
    if (found) return found;
    const batch = this.make(number);
    if (this.readers > 1) this.batches.keep(this, number, batch);
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
    return types.includes(type) && maySee(viewer, seenBy);
  }
}

/** Equal for readers that see the same. */
export function viewKey({ viewer, types }: Interest, { name }: Wire): string {
  return JSON.stringify([viewer.userId, viewer.role, viewer.limited ?? false, types, name]);
}
