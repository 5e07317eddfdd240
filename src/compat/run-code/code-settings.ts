// The settings of the run-code interface and of its callbacks.

export class CodeSettings {
  readonly maxExecutionMs: number;
  readonly maxOutputBytes: number;
  readonly maxMemoryBytes: number;
  /** Undefined: there are no callbacks. */
  readonly callbackSecret: string | undefined;
  /** The folder of callbacks that are not delivered yet. */
  readonly callbackFolder: string;

  constructor(settings: CodeSettings) {
    Object.assign(this, settings);
  }
}
