// Lanes limit how many runs are active; the others wait, by priority and then by age. `max_parallel` also limits one definition.
import { CodedError } from '../model/coded-error.js';
import { WaitingList } from './waiting-list.js';

/** The lane of services, which has no limit. A setting cannot use this name. */
export const serviceLane = '';

/** What decides when a run may start. `group` null: the definition has no limit. */
export interface Place {
  lane: string;
  priority: number;
  group: string | null;
  groupLimit: number;
}

/** The way of a run through its lane: it waits, or has entered. */
export class LaneSlot {
  state: 'waiting' | 'entered' | 'left' = 'waiting';
  private tell: (() => void) | null = null;

  constructor(readonly place: Place) {}

  /** Resolves when the run has entered. */
  get entered(): Promise<void> {
    return new Promise((resolve) => this.onEntered(resolve));
  }

  /** `listener` is called when the run enters; at once when it has entered. */
  onEntered(listener: () => void): void {
    if (this.state === 'entered') return listener();
    const former = this.tell;
    this.tell = () => {
      former?.();
      listener();
    };
  }

  enter(): void {
    this.state = 'entered';
    this.tell?.();
    this.tell = null;
  }
}

export interface LaneState {
  name: string;
  /** 0: no limit. */
  limit: number;
  running: number;
  queued: number;
}

class Lane {
  running = 0;
  readonly waiting = new Map<string | null, WaitingList<LaneSlot>>();
  constructor(public limit: number) {}

  get queued(): number {
    return [...this.waiting.values()].reduce((sum, list) => sum + list.size, 0);
  }

  get hasRoom(): boolean {
    return this.limit === 0 || this.running < this.limit;
  }
}

export class Lanes {
  private readonly lanes: Map<string, Lane>;
  private readonly groups = new Map<string, number>();
  private queued = 0;
  private readonly pauses = new Set<string>();
  /** Set while runs of an earlier server come back. */
  private back: NodeJS.Immediate | undefined;

  /** `limits`: the limit of active runs by lane, 0 for no limit. `queueLimit`: how many runs may wait, over all lanes. */
  constructor(
    limits: Record<string, number>,
    private readonly queueLimit: number,
  ) {
    this.lanes = new Map(Object.entries({ ...limits, [serviceLane]: 0 }).map(([name, limit]) => [name, new Lane(limit)]));
  }

  /** Enters the lane, or takes a place in the queue. Throws unknown_lane, and queue_full before anything is accepted. */
  acquire(place: Place): LaneSlot {
    const lane = this.lane(place.lane);
    const slot = new LaneSlot(place);
    if (!this.paused && lane.hasRoom && this.groupHasRoom(place) && !this.isOvertaking(lane, place)) {
      this.enter(slot);
      return slot;
    }
    if (this.queued >= this.queueLimit) {
      throw new CodedError('queue_full', `${this.queueLimit} runs are already waiting (QUEUE_LIMIT)`, { retryAfterSeconds: 5 });
    }
    this.wait(slot);
    return slot;
  }

  /** For a run of an earlier server, which was accepted or is active: limits do not apply. Waiting runs start once all are back. */
  reacquire(place: Place, running: boolean): LaneSlot {
    const known = this.lanes.has(place.lane) ? place : { ...place, lane: [...this.lanes.keys()][0] };
    const slot = new LaneSlot(known);
    if (running) {
      this.enter(slot);
    } else {
      this.wait(slot);
      this.back ??= setImmediate(() => this.advanceAll());
    }
    return slot;
  }

  /** The run has ended, or will never start. */
  release(slot: LaneSlot): void {
    const lane = this.lane(slot.place.lane);
    if (slot.state === 'entered') {
      lane.running--;
      this.countGroup(slot.place, -1);
    }
    if (slot.state === 'waiting') {
      lane.waiting.get(slot.place.group)?.remove(slot);
      this.queued--;
    }
    slot.state = 'left';
    this.advance(lane);
  }

  /** Changes the limit of a lane; waiting runs start if the new limit allows. False: the lane does not exist. */
  limit(name: string, limit: number): boolean {
    const lane = this.lanes.get(name);
    if (!lane) return false;
    lane.limit = limit;
    this.advance(lane);
    return true;
  }

  /** No waiting run starts until every reason for the pause is gone. */
  pause(reason: string): void {
    this.pauses.add(reason);
  }

  resume(reason: string): void {
    this.pauses.delete(reason);
    this.advanceAll();
  }

  private advanceAll(): void {
    this.back = undefined;
    for (const lane of this.lanes.values()) this.advance(lane);
  }

  private get paused(): boolean {
    return this.pauses.size > 0;
  }

  get states(): LaneState[] {
    const known = [...this.lanes].filter(([name]) => name !== serviceLane);
    return known.map(([name, lane]) => ({ name, limit: lane.limit, running: lane.running, queued: lane.queued }));
  }

  private get names(): string[] {
    return this.states.map(({ name }) => name);
  }

  private lane(name: string): Lane {
    const lane = this.lanes.get(name);
    if (lane) return lane;
    throw new CodedError('unknown_lane', `unknown lane '${name}'; allowed: ${this.names.join(', ')}`, { known: this.names });
  }

  private enter(slot: LaneSlot): void {
    this.lane(slot.place.lane).running++;
    this.countGroup(slot.place, 1);
    slot.enter();
  }

  private wait(slot: LaneSlot): void {
    const { waiting } = this.lane(slot.place.lane);
    const list = waiting.get(slot.place.group) ?? new WaitingList<LaneSlot>();
    waiting.set(slot.place.group, list);
    list.add(slot, slot.place.priority);
    this.queued++;
  }

  private advance(lane: Lane): void {
    while (!this.paused && lane.hasRoom) {
      const list = this.nextList(lane);
      const slot = list?.shift();
      if (!slot) return;
      this.queued--;
      this.enter(slot);
    }
  }

  /** Of the groups below their limits, the one whose first run comes first. */
  private nextList(lane: Lane): WaitingList<LaneSlot> | undefined {
    let best: WaitingList<LaneSlot> | undefined;
    for (const [group, list] of lane.waiting) {
      if (list.size === 0) lane.waiting.delete(group);
      else if (this.groupHasRoom(list.first!.place) && (!best || list.precedes(best))) best = list;
    }
    return best;
  }

  /** Whether a waiting run could start now and comes first. */
  private isOvertaking(lane: Lane, { priority }: Place): boolean {
    const first = lane.waiting.size > 0 ? this.nextList(lane)?.first : undefined;
    return first !== undefined && first.place.priority >= priority;
  }

  private groupHasRoom({ group, groupLimit }: Place): boolean {
    return group === null || (this.groups.get(group) ?? 0) < groupLimit;
  }

  private countGroup({ group }: Place, change: number): void {
    if (group === null) return;
    const count = (this.groups.get(group) ?? 0) + change;
    if (count === 0) this.groups.delete(group);
    else this.groups.set(group, count);
  }
}
