// What a server says of itself.

export class ServerFacts {
  readonly version: string;
  readonly database: string;
  readonly durability: string;
  readonly launcher: string;
  readonly isolation: string;
  /** `works`, or why there can be none. */
  readonly sandbox: string;

  constructor(facts: ServerFacts) {
    Object.assign(this, facts);
  }
}
