// Lanes limit how many runs are active; the others wait, and their users take turns. `max_parallel` also limits one definition,
// and USER_MAX_RUNS one user over all lanes.
import { CodedError } from '../model/coded-error.js';
import { suggestions } from '../model/near-names.js';
import { LaneSlot, type Place } from './lane-slot.js';
import { Tally } from './tally.js';
import { type Room, Turns } from './turns.js';

/** The lane of services, which has no limit. A setting cannot use this name. */
export const serviceLane = '';

export interface LaneState {
  name: string;
  /** 0: no limit. */
  limit: number;
  running: number;
  queued: number;
}

class Lane {
  running = 0;
  readonly waiting = new Turns<LaneSlot>();
  constructor(
    public limit: number,
    readonly room: Room<LaneSlot>,
  ) {}

  get queued(): number {
    return this.waiting.size;
  }

  get hasRoom(): boolean {
    return this.limit === 0 || this.running < this.limit;
  }
}

/** `queued`: how many runs may wait, over all lanes. Of one user: `userRuns` may be active (0: no limit), and `userQueued` may wait. */
export interface Shares {
  queued: number;
  userRuns: number;
  userQueued: number;
}

export class Lanes {
  private readonly lanes: Map<string, Lane>;
  private readonly groups = new Tally<string>();
  /** The active and the waiting runs of each user. */
  private readonly active = new Tally<number>();
  private readonly waiting = new Tally<number>();
  private readonly mostQueued: number;
  private readonly pauses = new Set<string>();
  /** Set while runs of an earlier server come back. */
  private back: NodeJS.Immediate | undefined;

  /** `limits`: the limit of active runs by lane, 0 for no limit. */
  constructor(
    limits: Record<string, number>,
    private readonly shares: Shares,
  ) {
    this.mostQueued = Math.min(shares.userQueued, Math.ceil(shares.queued / 2));
    const ofGroup = (place: Place) => this.groupHasRoom(place);
    const room = { ofUser: (user: number) => this.userHasRoom(user), ofGroup };
    this.lanes = new Map(Object.entries(limits).map(([name, limit]) => [name, new Lane(limit, room)]));
    this.lanes.set(serviceLane, new Lane(0, { ofUser: () => true, ofGroup }));
  }

  /** Enters the lane, or takes a place in the queue. Throws unknown_lane, and queue_full before anything is accepted. */
  acquire(place: Place): LaneSlot {
    const lane = this.lane(place.lane);
    const slot = new LaneSlot(place);
    if (this.mayStart(lane, place) && !this.isOvertaking(lane, place)) {
      this.enter(slot);
      return slot;
    }
    this.checkQueue(place);
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
    const { place, state } = slot;
    const lane = this.lane(place.lane);
    // then runs of this user may wait in other lanes for nothing else
    const heldUp = state === 'entered' && !this.userHasRoom(place.user);
    if (state === 'entered') {
      lane.running--;
      this.countActive(place, -1);
    }
    if (state === 'waiting') {
      lane.waiting.remove(slot);
      this.waiting.add(place.user, -1);
    }
    slot.state = 'left';
    if (heldUp) this.advanceLanes();
    else this.advance(lane);
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
    this.advanceLanes();
  }

  private advanceLanes(): void {
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
    throw new CodedError('unknown_lane', `unknown lane '${name}'${suggestions(this.names)(name)}; allowed: ${this.names.join(', ')}`, {
      known: this.names,
    });
  }

  private enter(slot: LaneSlot): void {
    this.lane(slot.place.lane).running++;
    this.countActive(slot.place, 1);
    slot.enter();
  }

  private wait(slot: LaneSlot): void {
    this.lane(slot.place.lane).waiting.add(slot);
    this.waiting.add(slot.place.user, 1);
  }

  private advance(lane: Lane): void {
    while (!this.paused && lane.hasRoom) {
      const slot = lane.waiting.take(lane.room);
      if (!slot) return;
      this.waiting.add(slot.place.user, -1);
      this.enter(slot);
    }
  }

  /** The user who waits with too many gets the error with the user's own figures, before the queue is full for all. */
  private checkQueue({ user }: Place): void {
    const waiting = this.waiting.of(user);
    if (waiting >= this.mostQueued) {
      const limit = this.mostQueued < this.shares.userQueued ? 'half of QUEUE_LIMIT' : 'USER_QUEUE_LIMIT';
      const figures = { waiting, running: this.active.of(user), limit: this.mostQueued };
      throw new CodedError('queue_full', `${waiting} runs of this user are already waiting (${limit})`, {
        retryAfterSeconds: 5,
        ...figures,
      });
    }
    const { queued } = this.shares;
    if (this.waiting.sum >= queued)
      throw new CodedError('queue_full', `${queued} runs are already waiting (QUEUE_LIMIT)`, { retryAfterSeconds: 5 });
  }

  private mayStart({ hasRoom, room }: Lane, place: Place): boolean {
    return !this.paused && hasRoom && room.ofUser(place.user) && room.ofGroup(place);
  }

  /** Whether a run of the same user could start now and comes first, or one of another, who waits for a turn. */
  private isOvertaking(lane: Lane, { user, priority }: Place): boolean {
    const first = lane.queued > 0 ? lane.waiting.first(lane.room) : undefined;
    return first !== undefined && (first.place.user !== user || first.place.priority >= priority);
  }

  private userHasRoom(user: number): boolean {
    const { userRuns } = this.shares;
    return userRuns === 0 || this.active.of(user) < userRuns;
  }

  private groupHasRoom({ group, groupLimit }: Place): boolean {
    return group === null || this.groups.of(group) < groupLimit;
  }

  private countActive({ user, lane, group }: Place, change: number): void {
    if (lane !== serviceLane) this.active.add(user, change);
    if (group !== null) this.groups.add(group, change);
  }
}
