// What this machine is short of for now, so that runs wait for it: known for a while after one has met it.

/** The longest that a run waits between two tries: while it is short, somebody meets it this often. */
export const longestPauseMs = 1000;
/** What nobody has met for so long is over. */
const believedMs = longestPauseMs * 2;

export class Shortage {
  private reason = '';
  private untilMs = 0;

  /** `tell` hears each time that one begins. */
  constructor(private readonly tell: (reason: string) => void = () => {}) {}

  /** Null: there is none, as far as is known. */
  get problem(): string | null {
    return performance.now() < this.untilMs ? this.reason : null;
  }

  /** Throws an Error that says what is short. */
  check(): void {
    if (this.problem !== null) throw new Error(this.problem);
  }

  /** A sentence. */
  meet(reason: string): void {
    const isNew = this.problem === null;
    this.reason = reason;
    this.untilMs = performance.now() + believedMs;
    if (isNew) this.tell(reason);
  }
}
