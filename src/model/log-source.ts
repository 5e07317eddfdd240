// The source of the framed log of a run, which can be read while it grows and afterwards.

export interface LogSource {
  /** How many bytes can be read now. */
  readonly sizeBytes: number;
  /** True when the log does not grow any more. */
  readonly ended: boolean;
  read(offset: number, lengthBytes: number): Promise<Buffer>;
  /** Resolves once `sizeBytes` is known: a log that another process writes is 0 bytes large until that process has answered. */
  sized(): Promise<void>;
  /** Resolves at the next change after now. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

export interface LogOpener {
  /** Opens the log once more; its reader closes it. */
  openLog(): LogSource;
}

/** The log of one attempt of a run. */
export interface AttemptLog {
  log: LogSource;
  attempt: number;
  /** Opens the same log for another reader; missing when the log does not grow. */
  source?: LogOpener;
}
