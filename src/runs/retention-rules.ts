// Decides by age which runs are removed.
import type { RunEntity } from './run.entity.js';

export const dayMs = 86_400_000;

/** The limits of the retention; 0: no limit. */
export class RetentionRules {
  constructor(
    readonly days: number,
    readonly bytes: number,
    /** Of the runs of one user, the active ones included. */
    readonly userBytes: number,
  ) {}
}

/** The key `keep` of the definition of a run. */
export interface Keep {
  runs?: number;
  days?: number;
}

/** A run as the retention sees it. */
export type KeptRun = Pick<RunEntity, 'id' | 'state' | 'definitionId' | 'createdAtMs' | 'finishedAtMs' | 'keptBytes'>;

export class AgeRule {
  constructor(
    private readonly rules: RetentionRules,
    private readonly keeps: ReadonlyMap<number, Keep>,
    private readonly nowMs: number,
  ) {}

  /** Whether a run has ended, or was created and never started, longer ago than it is kept. */
  goes({ state, definitionId, createdAtMs, finishedAtMs }: KeptRun): boolean {
    if (state !== 'finished' && state !== 'created') return false;
    const days = (definitionId === null ? undefined : this.keeps.get(Number(definitionId))?.days) ?? this.rules.days;
    const ageMs = this.nowMs - (state === 'created' ? createdAtMs : (finishedAtMs ?? 0));
    return days > 0 && ageMs > days * dayMs;
  }

  /** Whether a run of this age may be removed to save space. */
  isSpare({ state, finishedAtMs }: KeptRun): boolean {
    return state === 'finished' && this.nowMs - (finishedAtMs ?? 0) > dayMs;
  }
}
