// When each session ends: SESSION_IDLE after its last use, and SESSION_MAX after the sign-in at the latest.
import type { SessionCredential } from '../model/roles.js';

/** Durations. */
export class SessionTerms {
  constructor(
    readonly idleMs: number,
    readonly maxMs: number,
  ) {}
}

/** The times of a session as its row has them. */
export interface SessionTimes {
  id: number;
  createdAtMs: number;
  usedAtMs: number;
}

interface Use {
  credential: SessionCredential;
  usedAtMs: number;
  storedAtMs: number;
}

/** A use is stored at most so often. */
const storedEveryMs = 60_000;
/** At this many sessions in memory those that have ended are forgotten, and then the oldest. */
const bound = 10_000;

export class SessionUses {
  private readonly uses = new Map<number, Use>();

  constructor(private readonly terms: SessionTerms) {}

  hasEnded(times: SessionTimes): boolean {
    return this.endMs(times) <= Date.now();
  }

  /** Notes that a session which has not ended is used now. `store` is called when the row should get this time. */
  use(times: SessionTimes, store: (usedAtMs: number) => void): SessionCredential {
    const nowMs = Date.now();
    const use = this.uses.get(times.id) ?? this.begin(times);
    use.usedAtMs = nowMs;
    use.credential.expiresAtMs = this.endMs({ ...times, usedAtMs: nowMs });
    if (nowMs - use.storedAtMs >= storedEveryMs) {
      use.storedAtMs = nowMs;
      store(nowMs);
    }
    return use.credential;
  }

  forget(id: number): void {
    this.uses.delete(id);
  }

  private begin({ id, usedAtMs }: SessionTimes): Use {
    if (this.uses.size >= bound) this.makeRoom();
    const use = { credential: { sessionId: id, expiresAtMs: 0 }, usedAtMs, storedAtMs: usedAtMs };
    this.uses.set(id, use);
    return use;
  }

  private endMs({ id, createdAtMs, usedAtMs }: SessionTimes): number {
    const lastUseMs = Math.max(usedAtMs, this.uses.get(id)?.usedAtMs ?? 0);
    return Math.min(createdAtMs + this.terms.maxMs, lastUseMs + this.terms.idleMs);
  }

  private makeRoom(): void {
    for (const [id, { credential }] of this.uses) if (credential.expiresAtMs <= Date.now()) this.uses.delete(id);
    if (this.uses.size >= bound) this.uses.delete(this.uses.keys().next().value as number);
  }
}
