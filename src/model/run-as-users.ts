// The users of the machine as whom definitions may run their programs (`run_as`): those of RUN_AS_USERS, never root, and only where the server can.
import { CodedError } from './coded-error.js';
import { type SystemUser, systemUser } from './system-users.js';

export interface RunAsMachine {
  /** Why this server can run no program as a user of the machine; null: it can. */
  obstacle: string | null;
  /** The user ids that single runs have; null: none. */
  runUids: { first: number; last: number } | null;
}

export class RunAsUsers {
  constructor(
    private readonly names: string[],
    private readonly machine: RunAsMachine,
  ) {}

  /** Why no program may run as this user, in words; undefined: it may. */
  fault(name: string): string | undefined {
    const found = this.look(name);
    return typeof found === 'string' ? found : undefined;
  }

  /** Asked at each start: the setting and the users of the machine may have changed since the definition was stored. Throws run_as_refused. */
  find(name: string): SystemUser {
    const found = this.look(name);
    if (typeof found !== 'string') return found;
    throw new CodedError('run_as_refused', `the definition runs as the user '${name}' (run_as): ${found}`);
  }

  /** The user, or why no program may run as this user. */
  private look(name: string): SystemUser | string {
    const { obstacle, runUids } = this.machine;
    if (obstacle) return obstacle;
    if (!this.names.includes(name)) return `RUN_AS_USERS does not list the user '${name}'`;
    const user = systemUser(name);
    if (!user) return `this machine has no user '${name}'`;
    if (user.uid === 0) return `the user '${name}' is root`;
    const isOfRuns = runUids !== null && user.uid >= runUids.first && user.uid <= runUids.last;
    return isOfRuns ? `the user id ${user.uid} of '${name}' is one of RUN_UIDS, which runs of others get` : user;
  }
}
