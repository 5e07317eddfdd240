// What a server says of itself.

export class ServerFacts {
  readonly version: string;
  readonly database: string;
  readonly durability: string;
  readonly launcher: string;
  /** What it promises elsewhere and cannot keep here, each in words; empty with the native launcher. */
  readonly promisesOff: readonly string[];
  /** Why no program can be started now; null: they can. */
  readonly launcherFault: () => string | null;
  readonly isolation: string;
  /** `works`, or why there can be none. */
  readonly sandbox: string;

  constructor(facts: ServerFacts) {
    Object.assign(this, facts);
  }
}
