// Decides for which users runs may start: not for a user who is disabled, was removed, or has the role viewer.
import { CodedError } from './coded-error.js';
import { mayActAs, type Role } from './roles.js';

/** A user as in its row. */
export interface WorkOwner {
  id: number;
  username: string;
  role: Role;
  disabled: boolean;
}

/** The beginning of the error of every run that was ended because its owner lost the right. */
const ofOwner = 'its owner';

export function endedForItsOwner(error: string | null): boolean {
  return error?.startsWith(`${ofOwner} `) ?? false;
}

export class StartRights {
  /** The reasons by the id of the user, for all users who may not start runs. */
  private readonly barred = new Map<number, string>();
  private users = new Set<number>();
  private readonly listeners: ((userId: number, why: string) => void)[] = [];

  /** `listener` is called each time that a user loses the right. */
  onBarred(listener: (userId: number, why: string) => void): void {
    this.listeners.push(listener);
  }

  /** To be called at boot with all users. */
  load(users: WorkOwner[]): void {
    this.users = new Set(users.map(({ id }) => Number(id)));
    for (const user of users) this.apply(user);
  }

  /** Takes the new state of a user. */
  apply({ id, username, role, disabled }: WorkOwner): void {
    if (disabled) this.bar(Number(id), `${ofOwner} ${username} is disabled`);
    else if (!mayActAs(role, 'runner')) this.bar(Number(id), `${ofOwner} ${username} is ${role} now and may start nothing`);
    else this.barred.delete(Number(id));
  }

  remove({ id, username }: Pick<WorkOwner, 'id' | 'username'>): void {
    this.bar(Number(id), `${ofOwner} ${username} was removed`);
  }

  /** To be called at boot with the owners of runs that an earlier server has left. No user has the id 0, which stands for the server itself. */
  expect(userId: number): void {
    if (userId !== 0 && !this.users.has(userId)) this.bar(userId, `${ofOwner} (user ${userId}) was removed`);
  }

  /** Why runs of this user may not start; undefined: they may. */
  fault(userId: number): string | undefined {
    return this.barred.get(userId);
  }

  /** Throws forbidden. */
  check(userId: number): void {
    const why = this.barred.get(userId);
    if (why !== undefined) throw new CodedError('forbidden', `the run cannot start: ${why}`);
  }

  private bar(userId: number, why: string): void {
    this.barred.set(userId, why);
    for (const listener of this.listeners) listener(userId, why);
  }
}
