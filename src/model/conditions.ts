// What must be so for runs to be taken, beside a database that answers: each condition is looked at when somebody asks.

export class Conditions {
  /** Each throws when it is not fulfilled; its message says why. */
  constructor(private readonly checks: (() => void)[]) {}

  /** In one sentence; null: there is none. */
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
