// All readers of events: each turn writes what is new to all of them, and rests afterwards, so that many readers cost no more than a part of a core.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import { Batches } from './batches.js';
import { EventReader } from './event-reader.js';
import { EventView, type Interest, viewKey } from './event-view.js';
import type { LogPoints, ResumePoint } from './resume-point.js';
import type { Outlet } from './wires.js';

/** How many readers are written to before other work of the server comes in between. */
const atOnce = 250;
/** After a turn the readers rest this many times as long as the turn took, at most `longestRestMs`; what is new meanwhile is written together. */
const restPerTurn = 15;
const longestRestMs = 500;

export interface Reading {
  interest: Interest;
  outlet: Outlet;
  /** Null: from now on. */
  from: ResumePoint | null;
  /** Null: the reader follows no logs. */
  logs: LogPoints | null;
}

@Injectable()
export class EventReaders {
  private readonly views = new Map<string, EventView>();
  private readonly batches = new Batches();
  private readonly readers = new Set<EventReader>();
  private isPlaying = false;
  private isClosed = false;

  constructor(private readonly events: Events) {
    events.onPublished(() => this.wake());
  }

  /** The reader gets its first events at once; `close` is to be called when it has left. */
  open({ interest, outlet, from, logs }: Reading): { reader: EventReader; close: () => void } {
    const leave = this.events.enter();
    const key = viewKey(interest, outlet.wire);
    const view = this.views.get(key) ?? new EventView(this.events, interest, outlet.wire, this.batches);
    this.views.set(key, view);
    view.readers++;
    const reader = new EventReader(this.events, view, outlet, { number: from?.number ?? this.events.last, logs });
    this.readers.add(reader);
    if (!from) reader.greet('events.opened');
    else if (from.server === this.events.server && this.events.reaches(from.number)) reader.deliver();
    else reader.greet('events.lost');
    if (this.isClosed) outlet.end();
    const close = () => {
      reader.isOpen = false;
      this.readers.delete(reader);
      if (--view.readers === 0) this.views.delete(key);
      leave();
    };
    return { reader, close };
  }

  /** Ends all streams; their readers come back to the next server. */
  close(): void {
    this.isClosed = true;
    for (const { outlet } of this.readers) outlet.end();
  }

  private wake(): void {
    if (this.isPlaying || this.readers.size === 0) return;
    this.isPlaying = true;
    void nextTurn().then(() => this.play());
  }

  private async play(): Promise<void> {
    for (let upTo = -1; upTo < this.events.last; ) {
      upTo = this.events.last;
      const restMs = Math.min((await this.turn()) * restPerTurn, longestRestMs);
      if (restMs >= 1) await sleep(restMs, undefined, { ref: false });
    }
    this.isPlaying = false;
  }

  /** Returns how long it took, in milliseconds. */
  private async turn(): Promise<number> {
    let [tookMs, beganMs, written] = [0, performance.now(), 0];
    for (const reader of [...this.readers]) {
      reader.deliver();
      if (++written % atOnce > 0) continue;
      tookMs += performance.now() - beganMs;
      await nextTurn();
      beganMs = performance.now();
    }
    return tookMs + performance.now() - beganMs;
  }
}
