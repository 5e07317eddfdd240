// Tracks whether the database is available, and logs once when it goes away and once when it is back.
import { Logger } from '@nestjs/common';
import type { DatabaseFault } from './faults.js';

/** The least time between two log lines about a database that comes and goes. */
const silenceMs = 10_000;

export class Availability {
  private readonly logger = new Logger('database');
  private away: { fault: DatabaseFault; sinceMs: number; isTold: boolean } | null = null;
  private silentUntilMs = 0;
  private listener: () => void = () => {};

  /** Why the database cannot be used now; null when it can, as far as is known. */
  get fault(): DatabaseFault | null {
    return this.away?.fault ?? null;
  }

  /** `listener` is called when the database goes away, and finds out when it is back. */
  onLoss(listener: () => void): void {
    this.listener = listener;
  }

  lost(fault: DatabaseFault): void {
    if (this.away) {
      this.away.fault = fault;
      return;
    }
    const nowMs = performance.now();
    const isTold = nowMs >= this.silentUntilMs;
    this.away = { fault, sinceMs: nowMs, isTold };
    if (isTold) this.logger.error(`${fault.message} (${fault.cause.message}); writes wait and new work is refused`);
    this.listener();
  }

  back(): void {
    if (!this.away) return;
    const nowMs = performance.now();
    const { isTold, sinceMs } = this.away;
    this.away = null;
    if (!isTold) return;
    this.silentUntilMs = nowMs + silenceMs;
    this.logger.warn(`the database is back after ${((nowMs - sinceMs) / 1000).toFixed(1)} s`);
  }
}
