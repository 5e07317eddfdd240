// The conditions under which runs are accepted, besides a database that answers; each is checked when it is asked for.

export class Conditions {
  /** Each throws when it is not fulfilled; its message says why. */
  constructor(private readonly checks: (() => void)[]) {}

  /** The problem in one sentence; null: there is none. */
  get problem(): string | null {
    for (const check of this.checks) {
      try {
        check();
      } catch (error) {
        return (error as Error).message;
      }
    }
    return null;
  }
}
