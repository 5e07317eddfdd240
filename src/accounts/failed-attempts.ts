// Limits wrong passwords: after ten within a minute for one name from one address, that login is refused for the rest of the minute.
import { CodedError } from '../model/coded-error.js';

const windowMs = 60_000;
const allowed = 10;
/** At this many pairs of name and address the oldest one is forgotten. */
const bound = 10_000;

export class FailedAttempts {
  private readonly failures = new Map<string, number[]>();
  private readonly pending = new Map<string, number>();

  /** Runs one check of a password; checks under way count as failed ones. Throws too_many_attempts. */
  async guard<Result>(address: string, username: string, check: () => Promise<Result | null>): Promise<Result | null> {
    const key = pair(address, username);
    this.refuseBeyondBound(address, username);
    this.pending.set(key, (this.pending.get(key) ?? 0) + 1);
    try {
      const result = await check();
      if (result === null) this.add(address, username);
      return result;
    } finally {
      const left = (this.pending.get(key) ?? 1) - 1;
      if (left > 0) this.pending.set(key, left);
      else this.pending.delete(key);
    }
  }

  private refuseBeyondBound(address: string, username: string): void {
    const recent = this.recent(address, username);
    if (recent.length + (this.pending.get(pair(address, username)) ?? 0) < allowed) return;
    const oldest = recent[0] ?? performance.now();
    const retryAfterSeconds = Math.max(1, Math.ceil((oldest + windowMs - performance.now()) / 1000));
    throw new CodedError(
      'too_many_attempts',
      `too many wrong passwords for this name from this address; try again in ${retryAfterSeconds} s`,
      {
        retryAfterSeconds,
      },
    );
  }

  private add(address: string, username: string): void {
    const key = pair(address, username);
    const recent = [...this.recent(address, username), performance.now()];
    this.failures.delete(key);
    if (this.failures.size >= bound) this.failures.delete(this.failures.keys().next().value as string);
    this.failures.set(key, recent.slice(-allowed));
  }

  private recent(address: string, username: string): number[] {
    const since = performance.now() - windowMs;
    return (this.failures.get(pair(address, username)) ?? []).filter((time) => time > since);
  }
}

function pair(address: string, username: string): string {
  return `${address} ${username}`;
}
