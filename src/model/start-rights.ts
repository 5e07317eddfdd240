// Whose work may begin: nothing new starts for a user who is disabled, was removed, or may start nothing any more.
import { CodedError } from './coded-error.js';
import { mayActAs, type Role } from './roles.js';

/** A user as its row has it. */
export interface WorkOwner {
  id: number;
  username: string;
  role: Role;
  disabled: boolean;
}

/** What is said of every run that its owner's loss of rights has ended. */
const ofOwner = 'its owner';

export function endedForItsOwner(error: string | null): boolean {
  return error?.startsWith(`${ofOwner} `) ?? false;
}

export class StartRights {
  /** Why, by the id of the user. As many as there are such users. */
  private readonly barred = new Map<number, string>();
  private users = new Set<number>();
  private readonly listeners: ((userId: number, why: string) => void)[] = [];

  /** Called each time when a user loses the right. */
  onBarred(listener: (userId: number, why: string) => void): void {
    this.listeners.push(listener);
  }

  /** At boot: all users there are. */
  load(users: WorkOwner[]): void {
    this.users = new Set(users.map(({ id }) => Number(id)));
    for (const user of users) this.apply(user);
  }

  /** As the user is from now on. */
  apply({ id, username, role, disabled }: WorkOwner): void {
    if (disabled) this.bar(Number(id), `${ofOwner} ${username} is disabled`);
    else if (!mayActAs(role, 'runner')) this.bar(Number(id), `${ofOwner} ${username} is ${role} now and may start nothing`);
    else this.barred.delete(Number(id));
  }

  remove({ id, username }: Pick<WorkOwner, 'id' | 'username'>): void {
    this.bar(Number(id), `${ofOwner} ${username} was removed`);
  }

  /** At boot: whose work an earlier server has left. No user has the id 0, in whose name the server itself acts. */
  expect(userId: number): void {
    if (userId !== 0 && !this.users.has(userId)) this.bar(userId, `${ofOwner} (user ${userId}) was removed`);
  }

  /** Undefined: the work of this user may begin. */
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
