// One order on its way through the executor: what comes with it and who hears of it.
import type { Readable } from 'node:stream';
import type { LogSource } from './log-source.js';
import type { RunEventSink } from './run-event.js';
import type { RunOrder } from './run-order.js';

export interface RunTask {
  order: RunOrder;
  /** The message when the order says `live`. */
  message: Readable | null;
  /** Set when an earlier server has, or may have, started it. */
  former: FormerStart | null;
  emit: RunEventSink;
}

/** What the record of a run says of its start by an earlier server. `certain`: its program is known to have run. */
export interface FormerStart {
  pid: number | null;
  startedAtMs: number | null;
  /** The launcher that had the order, as its contract names itself. */
  launcher: string | null;
  certain: boolean;
}

/** The end reason is stop (or cancelled before the start) when nothing else came first; `error` is its sentence. */
export interface StopRequest {
  signal?: string;
  graceMs?: number;
  error: string;
}

export type Listening = { address: string } | 'foreign' | null;

export interface ExecutingRun {
  finished: Promise<void>;
  stop(request: StopRequest): void;
  /** One signal to the program; false when it does not run. */
  signal(name: string): boolean;
  /** Whether the run's own program listens on this port: where it is reached; null: nobody does, `foreign`: somebody else. */
  listener(port: number): Listening;
  /** The log, to be closed by its reader. */
  openLog(): LogSource;
}
