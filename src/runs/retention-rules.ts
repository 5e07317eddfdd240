// Which runs go: looked at from the newest to the oldest, each run is judged once.
import type { RunEntity } from './run.entity.js';

const dayMs = 86_400_000;

/** 0: no bound. */
export class RetentionRules {
  constructor(
    readonly days: number,
    readonly bytes: number,
  ) {}
}

/** What the definition of a run says (`keep`). */
export interface Keep {
  runs?: number;
  days?: number;
}

/** It has ended, or was made and never started. */
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

  /** Whether the run goes; to be asked in the order of age, the newest first. */
  goes({ state, definitionId, createdAtMs, finishedAtMs, keptBytes }: KeptRun): boolean {
    const keep = (definitionId === null ? undefined : this.keeps.get(Number(definitionId))) ?? {};
    const ageMs = this.nowMs - (state === 'created' ? createdAtMs : (finishedAtMs ?? 0));
    const days = keep.days ?? this.rules.days;
    if (days > 0 && ageMs > days * dayMs) return true;
    if (state === 'created') return false;
    if (keep.runs !== undefined && this.rankOf(Number(definitionId)) > keep.runs) return true;
    this.bytes += keptBytes ?? 0;
    // what is older than a run that goes for want of room goes as well
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
