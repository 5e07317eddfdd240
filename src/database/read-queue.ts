// Lets a few reads run at a time; those that wait are taken in turn for each user, and not at all once their caller has gone away.
import { CodedError } from '../model/coded-error.js';

/** How many reads may wait, of all users and of one. */
const waitingBound = 20;
const ownBound = 3;

const busy = { retryAfterSeconds: 2 };

export interface Reader {
  userId: number;
  /** Aborted when the caller has gone away. */
  signal?: AbortSignal;
}

export class ReadQueue {
  private running = 0;
  /** The waiting reads by user; the user whose turn it is comes first. */
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(private readonly atOnce: number) {}

  /** Resolves when the read may run, and must call `leave` at its end. Throws not_ready when too many wait, and when the caller has gone away. */
  async enter({ userId, signal }: Reader): Promise<void> {
    if (signal?.aborted) throw gone();
    if (this.running < this.atOnce) this.running++;
    else await this.place(userId, signal);
  }

  /** The place goes to the next one at once. */
  leave(): void {
    const next = this.take();
    if (next) next();
    else this.running--;
  }

  private place(userId: number, signal: AbortSignal | undefined): Promise<void> {
    const own = this.waiting.get(userId)?.length ?? 0;
    const all = [...this.waiting.values()].reduce((sum, { length }) => sum + length, 0);
    if (own >= ownBound) throw new CodedError('not_ready', `${own} of your lists that take long to read are waiting`, busy);
    if (all >= waitingBound) throw new CodedError('not_ready', `${all} lists that take long to read are waiting`, busy);
    return new Promise((resolve, reject) => {
      this.waiting.set(userId, [...(this.waiting.get(userId) ?? []), resolve]);
      signal?.addEventListener('abort', () => this.remove(userId, resolve) && reject(gone()), { once: true });
    });
  }

  private remove(userId: number, resolve: () => void): boolean {
    const own = this.waiting.get(userId) ?? [];
    const others = own.filter((one) => one !== resolve);
    if (others.length > 0) this.waiting.set(userId, others);
    else this.waiting.delete(userId);
    return others.length < own.length;
  }

  /** The oldest read of the user whose turn it is. */
  private take(): (() => void) | undefined {
    for (const [userId, [next, ...others]] of this.waiting) {
      this.waiting.delete(userId);
      if (others.length > 0) this.waiting.set(userId, others);
      return next;
    }
    return undefined;
  }
}

function gone(): CodedError {
  return new CodedError('not_ready', 'the caller has gone away');
}
