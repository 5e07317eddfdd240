// One reader of events: how far it has come, and what it is sent.
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cloudEvent } from '../../events/cloud-event.js';
import type { Events } from '../../events/events.js';
import { sharedChunk } from '../../http/shared-chunk.js';
import type { endId } from '../../run-http/event-ids.js';
import type { EventView } from './event-view.js';
import { joinPoint, type LogPoints, resumeText } from './resume-point.js';
import type { Outlet } from './wires.js';

/** A reader that has not seen this many events is told the point, so that it loses nothing when it comes back. */
const unseenBound = 50;

/** An event of the log of a run; `point` is where the log continues after it. */
export interface LogEvent {
  name: string;
  json: Buffer;
  point: number | typeof endId;
}

export class EventReader {
  isOpen = true;
  /** Resolves when the reader takes more; null: it does. */
  private full: Promise<void> | null = null;
  /** Resolves when all events of logs that were to be said before are written. */
  private said: Promise<void> = Promise.resolve();
  /** The number of the last event of which the reader knows the point. */
  private told: number;

  constructor(
    private readonly events: Events,
    readonly view: EventView,
    readonly outlet: Outlet,
    /** The number of the last event that was sent, or that the reader does not see; and the points of its logs, null where it follows none. */
    private readonly at: { number: number; logs: LogPoints | null },
  ) {
    this.told = at.number;
  }

  /** Says that the reader hears of everything from here on: `opened`, or `lost` where something may be missing before. */
  greet(type: 'events.opened' | 'events.lost'): void {
    this.at.number = this.events.last;
    const source = this.events.sourceOf(type);
    this.write([{ json: cloudEvent({ id: randomUUID(), source, type, timeMs: Date.now(), content: { json: {} } }) }]);
  }

  /** Sends what the reader has not got, as far as it takes it. */
  deliver(): void {
    while (this.isOpen && !this.full && this.at.number < this.events.last) {
      if (this.events.reaches(this.at.number)) this.sendBatch();
      else this.greet('events.lost');
    }
    if (this.at.number - this.told >= unseenBound) this.tellPoint();
  }

  /**
   * Sends events of the log of this run. `make` is called once the reader takes them: of all its logs only one piece at a time is in
   * memory, and other work comes in between. It returns at least one event. Resolves when they are written, or the reader is gone.
   */
  say(runId: string, make: () => LogEvent[]): Promise<void> {
    const said = this.said.then(() => this.sayNow(runId, make));
    this.said = said.catch(() => {});
    return said;
  }

  private async sayNow(runId: string, make: () => LogEvent[]): Promise<void> {
    await nextTurn();
    while (this.full && this.isOpen) await this.full;
    if (!this.isOpen) return;
    const events = make();
    const logs = this.at.logs as LogPoints;
    logs.delete(runId);
    // made once for all of them, since it names up to 15 runs
    const others = this.resume;
    logs.set(runId, events[events.length - 1].point);
    this.told = this.at.number;
    const encode = ({ name, json, point }: LogEvent) => this.outlet.wire.encode({ name, json, resume: joinPoint(others, runId, point) });
    this.writeBytes(Buffer.concat(events.map(encode)));
  }

  private sendBatch(): void {
    const { events, upTo, shared } = this.view.after(this.at.number);
    if (this.at.logs) this.write(events.map(({ number, json }) => ({ json, number })));
    else if (shared) this.pass(this.outlet.write(shared));
    this.at.number = upTo;
    if (events.length > 0) this.told = upTo;
  }

  private write(events: { json: Buffer; number?: number }[]): void {
    if (events.length === 0) return;
    const parts = events.map(({ json, number }) => {
      this.at.number = number ?? this.at.number;
      return this.outlet.wire.encode({ json, resume: this.resume });
    });
    this.told = this.at.number;
    this.writeBytes(Buffer.concat(parts));
  }

  private tellPoint(): void {
    this.told = this.at.number;
    if (this.isOpen && !this.full) this.writeBytes(this.outlet.wire.point(this.resume) ?? Buffer.alloc(0));
  }

  private writeBytes(bytes: Buffer): void {
    const part = sharedChunk(bytes);
    if (part) this.pass(this.outlet.write(part));
  }

  private get resume(): string {
    return resumeText({ server: this.events.server, number: this.at.number, logs: this.at.logs ?? new Map() });
  }

  /** A reader that takes less than it gets waits; meanwhile nothing is held for it but what all may read. */
  private pass(takesMore: boolean): void {
    if (takesMore || this.full) return;
    this.full = this.outlet.drained().then(() => {
      this.full = null;
      this.deliver();
    });
  }
}
