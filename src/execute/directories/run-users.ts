// The user that programs run as: a uid per run when the server is root, else the server's own user.
import type { SystemUser } from '../../model/system-users.js';

export interface RunUser {
  uid: number;
  gid: number;
  /** No other run has this user at the same time. */
  own?: boolean;
  /** A user of the machine that the definition names (`run_as`). */
  named?: Pick<SystemUser, 'name' | 'home' | 'groups'>;
}

/** The run user for a user of the machine. */
export function namedUser({ name, uid, gid, home, groups }: SystemUser): RunUser {
  return { uid, gid, named: { name, home, groups } };
}

export interface RunUsers {
  /** The user of one run, until it is released; null: the server's own user. Throws when no user is left. */
  acquire(): RunUser | null;
  readonly areTaken: boolean;
  release(user: RunUser | null): void;
  /** Marks the user of a run that continues from an earlier server as taken. */
  hold(user: RunUser | null): void;
  /** A user like those of runs, for checks of what runs may do. */
  readonly sample: RunUser | null;
}

/** Two runs at the same time never share a uid; the first uid is random, so that a new server does not repeat those of the last one. */
export class DynamicRunUsers implements RunUsers {
  readonly sample: RunUser;
  private readonly inUse = new Set<number>();
  private next: number;

  constructor(private readonly range: { first: number; last: number }) {
    this.sample = { uid: range.first, gid: range.first };
    this.next = range.first + Math.floor(Math.random() * this.size);
  }

  get areTaken(): boolean {
    return this.inUse.size >= this.size;
  }

  acquire(): RunUser {
    if (this.areTaken) throw new Error(`all ${this.size} user ids of RUN_UIDS are in use`);
    while (this.inUse.has(this.next)) this.advance();
    const uid = this.next;
    this.inUse.add(uid);
    this.advance();
    return { uid, gid: uid, own: true };
  }

  release(user: RunUser | null): void {
    if (user) this.inUse.delete(user.uid);
  }

  hold(user: RunUser | null): void {
    if (user) this.inUse.add(user.uid);
  }

  private get size(): number {
    return this.range.last - this.range.first + 1;
  }

  private advance(): void {
    this.next = this.next === this.range.last ? this.range.first : this.next + 1;
  }
}

export class FixedRunUser implements RunUsers {
  readonly areTaken = false;

  constructor(readonly sample: RunUser | null) {}

  acquire(): RunUser | null {
    return this.sample;
  }

  release(): void {}

  hold(): void {}
}
