// The facts that a server reports about itself.

export class ServerFacts {
  readonly version: string;
  readonly database: string;
  readonly durability: string;
  readonly launcher: string;
  /** The guarantees that this server cannot give, each as a sentence; empty with the native launcher. */
  readonly promisesOff: readonly string[];
  /** Why programs cannot be started now; null: they can. */
  readonly launcherFault: () => string | null;
  readonly isolation: string;
  /** `works`, or why a sandbox is not possible. */
  readonly sandbox: string;

  constructor(facts: ServerFacts) {
    Object.assign(this, facts);
  }
}
