// The last events in memory, up to a number and a size of all together; each event has a number, and the numbers have no gaps.
import type { ChangeType, SeenBy } from './change.js';

export interface KeptEvent {
  number: number;
  /** Without the parts that all types share. */
  type: ChangeType;
  seenBy: SeenBy;
  /** A CloudEvent as JSON. */
  json: Buffer;
}

export class EventRing {
  private readonly slots: (KeptEvent | undefined)[] = [];
  private bytes = 0;
  /** The number of the oldest event that is kept; one more than the last where none is. */
  private first = 1;
  private next = 1;

  constructor(private readonly bounds: { events: number; bytes: number }) {}

  /** The number of the last event, kept or not; 0: there was none. */
  get last(): number {
    return this.next - 1;
  }

  /** Whether nothing is missing between the event `number` and the last one. */
  reaches(number: number): boolean {
    return number >= this.first - 1 && number <= this.last;
  }

  /** The event must have the number after the last. */
  add(event: KeptEvent): void {
    if (this.next - this.first >= this.bounds.events) this.dropFirst();
    this.slots[event.number % this.bounds.events] = event;
    this.next++;
    this.bytes += event.json.length;
    while (this.bytes > this.bounds.bytes && this.first < this.next) this.dropFirst();
  }

  /** Notes an event that is not kept; so none before it is of use. */
  skip(): void {
    while (this.first < this.next) this.dropFirst();
    this.next++;
    this.first = this.next;
  }

  /** The events after `number`, which must be reached, as many as have this many bytes together, but at least one. */
  after(number: number, bytes: number): KeptEvent[] {
    const events: KeptEvent[] = [];
    let left = bytes;
    for (let at = number + 1; at < this.next && left > 0; at++) {
      const event = this.slots[at % this.bounds.events] as KeptEvent;
      events.push(event);
      left -= event.json.length;
    }
    return events;
  }

  private dropFirst(): void {
    const at = this.first++ % this.bounds.events;
    this.bytes -= this.slots[at]?.json.length ?? 0;
    this.slots[at] = undefined;
  }
}
