// The bounds of the run-code interface, and where its callbacks may go.

export class CodeSettings {
  readonly maxExecutionMs: number;
  readonly maxOutputBytes: number;
  readonly maxMemoryBytes: number;
  /** Undefined: there are no callbacks. */
  readonly callbackSecret: string | undefined;
  /** Where callbacks that are not delivered yet wait. */
  readonly callbackFolder: string;

  constructor(settings: CodeSettings) {
    Object.assign(this, settings);
  }
}
