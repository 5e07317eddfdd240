// Works on tasks of users one after the other, in turn for each user; what one user may have waiting is bounded.
import { CodedError } from './coded-error.js';

/** How many tasks of one user may wait; a second bound counts their characters. */
const waitingBound = 1000;
const lengthBound = 32 * 2 ** 20;

interface Waiting<Task, End> {
  task: Task;
  resolve: (end: End) => void;
  reject: (error: unknown) => void;
}

export class TurnsOfUsers<Task, End> {
  /** The waiting tasks by user; the user whose turn it is comes first. */
  private readonly waiting = new Map<number, Waiting<Task, End>[]>();
  private busy = false;

  /** `lengthOf`: the characters of a task. */
  constructor(
    private readonly work: (task: Task) => Promise<End>,
    private readonly lengthOf: (task: Task) => number,
  ) {}

  /** Throws too_many_checks. */
  run(user: number, task: Task): Promise<End> {
    const own = this.waiting.get(user) ?? [];
    const length = own.reduce((sum, one) => sum + this.lengthOf(one.task), this.lengthOf(task));
    if (own.length >= waitingBound || length > lengthBound)
      throw new CodedError('too_many_checks', `${own.length} of your checks are already waiting; try again in 1 s`, {
        retryAfterSeconds: 1,
      });
    return new Promise((resolve, reject) => {
      this.waiting.set(user, [...own, { task, resolve, reject }]);
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    for (let next = this.take(); next; next = this.take()) await this.work(next.task).then(next.resolve, next.reject);
    this.busy = false;
  }

  /** The oldest task of the user whose turn it is. */
  private take(): Waiting<Task, End> | undefined {
    for (const [user, [next, ...others]] of this.waiting) {
      this.waiting.delete(user);
      if (others.length > 0) this.waiting.set(user, others);
      return next;
    }
    return undefined;
  }
}
