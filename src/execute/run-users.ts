// As whom programs run: a uid per run when the server is root, else the server's own user.

export interface RunUser {
  uid: number;
  gid: number;
}

export interface RunUsers {
  /** The user of the next run; null: the server's own. */
  next(): RunUser | null;
}

/** Takes the uids of a range in turn, so that two runs at the same time never share one. */
export class DynamicRunUsers implements RunUsers {
  private used = 0;

  constructor(private readonly range: { first: number; last: number }) {}

  next(): RunUser {
    const uid = this.range.first + (this.used++ % (this.range.last - this.range.first + 1));
    return { uid, gid: uid };
  }
}

export class FixedRunUser implements RunUsers {
  constructor(private readonly user: RunUser | null) {}

  next(): RunUser | null {
    return this.user;
  }
}
