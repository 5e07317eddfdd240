// Ten wrong passwords within a minute, for one name from one address, close that door for the rest of the minute.
import { CodedError } from '../protocol/coded-error.js';

const windowMs = 60_000;
const allowed = 10;
/** At the bound the oldest pair is forgotten. */
const bound = 10_000;

export class FailedAttempts {
  private readonly failures = new Map<string, number[]>();

  /** Throws too_many_attempts. */
  check(address: string, username: string): void {
    const recent = this.recent(address, username);
    if (recent.length < allowed) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((recent[0] + windowMs - performance.now()) / 1000));
    throw new CodedError('too_many_attempts', `too many wrong passwords for this name; try again in ${retryAfterSeconds} s`, {
      retryAfterSeconds,
    });
  }

  add(address: string, username: string): void {
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
