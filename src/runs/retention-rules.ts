// Decides which runs are removed: each run is judged once, from the newest to the oldest.
import type { RunEntity } from './run.entity.js';

const dayMs = 86_400_000;

/** The limits of the retention; 0: no limit. */
export class RetentionRules {
  constructor(
    readonly days: number,
    readonly bytes: number,
  ) {}
}

/** The key `keep` of the definition of a run. */
export interface Keep {
  runs?: number;
  days?: number;
}

/** A run that has ended, or that was created and never started. */
export type KeptRun = Pick<RunEntity, 'id' | 'definitionId' | 'createdAtMs' | 'finishedAtMs' | 'keptBytes'> & {
  state: 'finished' | 'created';
};

export class Judgement {
  private bytes = 0;
  private isOver = false;
  private readonly runsOf = new Map<number, number>();

  constructor(
    private readonly rules: RetentionRules,
    private readonly keeps: ReadonlyMap<number, Keep>,
    private readonly nowMs: number,
  ) {}

  /** Whether the run is to be removed; must be called in the order of age, the newest first. */
  goes({ state, definitionId, createdAtMs, finishedAtMs, keptBytes }: KeptRun): boolean {
    const keep = (definitionId === null ? undefined : this.keeps.get(Number(definitionId))) ?? {};
    const ageMs = this.nowMs - (state === 'created' ? createdAtMs : (finishedAtMs ?? 0));
    const days = keep.days ?? this.rules.days;
    if (days > 0 && ageMs > days * dayMs) return true;
    if (state === 'created') return false;
    if (keep.runs !== undefined && this.rankOf(Number(definitionId)) > keep.runs) return true;
    this.bytes += keptBytes ?? 0;
    // runs that are older than a run that exceeds the limit of bytes are removed as well
    if (this.rules.bytes > 0 && this.bytes > this.rules.bytes) this.isOver = true;
    if (!this.isOver || ageMs <= dayMs) return false;
    this.bytes -= keptBytes ?? 0;
    return true;
  }

  private rankOf(definitionId: number): number {
    const rank = (this.runsOf.get(definitionId) ?? 0) + 1;
    this.runsOf.set(definitionId, rank);
    return rank;
  }
}
