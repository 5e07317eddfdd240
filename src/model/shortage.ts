// A resource of which this machine is short for now, so that runs wait for it; remembered for a while after a run has met the shortage.

/** The longest pause of a run between two tries, so that a lasting shortage is noticed at least this often. */
export const longestPauseMs = 1000;
/** A shortage that no run has met for this long is over. */
const believedMs = longestPauseMs * 2;

export class Shortage {
  private reason = '';
  private untilMs = 0;

  /** `tell` is called each time that a shortage begins. */
  constructor(private readonly tell: (reason: string) => void = () => {}) {}

  /** Null: there is no shortage, as far as is known. */
  get problem(): string | null {
    return performance.now() < this.untilMs ? this.reason : null;
  }

  /** Throws an Error that names the shortage. */
  check(): void {
    if (this.problem !== null) throw new Error(this.problem);
  }

  /** Notes a shortage; `reason` is a sentence. */
  meet(reason: string): void {
    const isNew = this.problem === null;
    this.reason = reason;
    this.untilMs = performance.now() + believedMs;
    if (isNew) this.tell(reason);
  }
}
