// One order on its way through the executor: what comes with it and who hears of it.
import type { Readable } from 'node:stream';
import type { LogSource } from './log-source.js';
import type { RunEventSink } from './run-event.js';
import type { Interaction, RunOrder } from './run-order.js';

export interface RunTask {
  order: RunOrder;
  /** The message when the order says `live`. */
  message: Readable | null;
  /** Set when an earlier server has, or may have, started it. */
  former: FormerStart | null;
  /** Which start of the run this is; the first is 1. */
  attempt: number;
  /** So long it waits, beside whatever else it waits for. */
  pauseMs: number;
  /** Of a run that an earlier server has begun with: it is looked for once this has resolved. Never rejects. */
  after: Promise<void> | null;
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

/** The way into a program that is typed to. */
export interface RunInput {
  readonly interaction: Interaction;
  /** Waits for the start; resolves when the program's side has taken it, with false when it takes no more. */
  write(bytes: Buffer): Promise<boolean>;
  /** Of its terminal; without one nothing happens. */
  resize(size: { rows: number; columns: number }): Promise<void>;
  /** The program reads the end of its input. */
  close(): Promise<void>;
}
export type Listening = { address: string } | 'foreign' | null;

export interface ExecutingRun {
  finished: Promise<void>;
  stop(request: StopRequest): void;
  /** One signal to the program; false when it does not run. */
  signal(name: string): boolean;
  /**
   * One message to a service, once it is ready: the reply where the adapters have one, else null when the program's side has taken it.
   * Throws wrong_state when it has ended before, message_not_taken, queue_full, input_error.
   */
  send(message: Readable): Promise<Readable | null>;
  /** Null: its order is not interactive. */
  readonly input: RunInput | null;
  /** Whether the run's own program listens on this port: where it is reached; null: nobody does, `foreign`: somebody else. */
  listener(port: number): Listening;
  /** The log, to be closed by its reader. */
  openLog(): LogSource;
}
