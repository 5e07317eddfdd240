// Publishes what has changed: the last changes are kept for those who read them, and for those who come back. While nobody does, nothing is kept.
import { randomBytes } from 'node:crypto';
import type { Change } from './change.js';
import { cloudEvent } from './cloud-event.js';
import { EventRing, type KeptEvent } from './event-ring.js';

/** The events are kept for so long after the last reader has left. */
const returnMs = 10 * 60_000;
/** The bytes that are kept are as many as this for each event. */
const bytesPerEvent = 1024;
/** A change of more things at once is told to all readers as a loss. */
export const toldOneByOne = 1000;

/** The addresses of the lists. */
const lists: Record<string, string> = { definition: 'process_definition', service: 'run', events: 'event' };

export class Events {
  /** Stands for this process in the ids of events: another one counts anew. */
  readonly server = randomBytes(8).toString('hex');
  private readonly ring: EventRing;
  private readonly usernames = new Map<number, string>();
  private readers = 0;
  private wantedUntilMs = 0;
  private wake = () => {};
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly hearers = new Set<(change: Change | null) => void>();

  /** `kept`: how many events are kept; `base`: BASE_PATH. */
  constructor(
    kept: number,
    private readonly base: string,
  ) {
    this.ring = new EventRing({ events: kept, bytes: kept * bytesPerEvent });
  }

  /** To be called once the change is committed; `describe` only is while somebody may hear of it. */
  publish(describe: () => Change): void {
    if (!this.isWanted) return this.ring.skip();
    const change = describe();
    const { type, subject, data, seenBy } = change;
    const number = this.ring.last + 1;
    const source = this.sourceOf(type);
    const json = cloudEvent({ id: this.idOf(number), source, type, subject, timeMs: Date.now(), content: { json: data } });
    this.ring.add({ number, type, seenBy, json: apart(json) });
    this.wake();
    for (const listener of [...(this.listeners.get(subject) ?? [])]) listener();
    for (const hearer of [...this.hearers]) hearer(change);
  }

  /** `hearer` gets each change from now on, and null for very many changes at once; until the returned function is called. */
  hear(hearer: (change: Change | null) => void): () => void {
    const leave = this.enter();
    this.hearers.add(hearer);
    return () => {
      if (this.hearers.delete(hearer)) leave();
    };
  }

  /** `listener` is called after each event about this subject while events are kept; until the returned function is called. */
  onChanged(subject: string, listener: () => void): () => void {
    const ofSubject = this.listeners.get(subject) ?? new Set();
    this.listeners.set(subject, ofSubject.add(listener));
    return () => {
      ofSubject.delete(listener);
      if (ofSubject.size === 0) this.listeners.delete(subject);
    };
  }

  /** Publishes all of them, or that events are lost where they are very many. */
  publishAll(changes: (() => Change)[]): void {
    if (changes.length <= toldOneByOne) for (const change of changes) this.publish(change);
    else {
      this.ring.skip();
      this.wake();
      for (const hearer of [...this.hearers]) hearer(null);
    }
  }

  /** `listener` is called after each event. */
  onPublished(listener: () => void): void {
    this.wake = listener;
  }

  /** Events are kept from now on. The reader says with the returned function that it has left. */
  enter(): () => void {
    this.readers++;
    return () => {
      this.readers--;
      this.wantedUntilMs = Date.now() + returnMs;
    };
  }

  /** The number of the last event. */
  get last(): number {
    return this.ring.last;
  }

  reaches(number: number): boolean {
    return this.ring.reaches(number);
  }

  after(number: number, bytes: number): KeptEvent[] {
    return this.ring.after(number, bytes);
  }

  idOf(number: number): string {
    return `${this.server}-${number}`;
  }

  sourceOf(type: string): string {
    const [kind] = type.split('.');
    return `${this.base}/api/${lists[kind] ?? kind}/`;
  }

  /** Null: the user was removed. */
  named(userId: number, username: string | null): void {
    if (username === null) this.usernames.delete(userId);
    else this.usernames.set(userId, username);
  }

  usernameOf(userId: number | null): string | null {
    return (userId === null ? undefined : this.usernames.get(Number(userId))) ?? null;
  }

  private get isWanted(): boolean {
    return this.readers > 0 || Date.now() < this.wantedUntilMs;
  }
}

/** A copy that alone holds its memory: Node.js makes small buffers as parts of larger ones, which one event would hold as a whole. */
function apart(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
