// One order on its way through the executor, with its message and the receiver of its events.
import type { Readable } from 'node:stream';
import type { LogSource } from './log-source.js';
import type { RunEventSink } from './run-event.js';
import type { Interaction, RunOrder } from './run-order.js';
import type { EndReason } from './states.js';

export interface RunTask {
  order: RunOrder;
  acceptedAtMs: number;
  /** The message when the order says `live`. */
  message: Readable | null;
  /** Set when an earlier server has started the run, or may have. */
  former: FormerStart | null;
  /** The number of this start of the run; the first is 1. */
  attempt: number;
  /** How long the run waits, in addition to everything else that it waits for. */
  pauseMs: number;
  /** For a run that an earlier server has started: the run is looked for once this promise has resolved. Never rejects. */
  after: Promise<void> | null;
  /** Asked when the program is about to be started: rejects when it may not be any more. Null: nothing is to be asked. */
  check: (() => Promise<void>) | null;
  emit: RunEventSink;
}

/** What the record of a run says about its start by an earlier server. `certain`: the program is known to have run. */
export interface FormerStart {
  pid: number | null;
  startedAtMs: number | null;
  /** The name of the launcher that had the order. */
  launcher: string | null;
  certain: boolean;
}

/** The end reason is `reason`, by default stop (before the start always cancelled), when nothing else came first; `error` is its sentence. */
export interface StopRequest {
  reason?: EndReason;
  signal?: string;
  graceMs?: number;
  error: string;
}

/** The input of an interactive program. */
export interface RunInput {
  readonly interaction: Interaction;
  /** Waits for the start; resolves when the program's side has taken the bytes, with false when it takes no more. */
  write(bytes: Buffer): Promise<boolean>;
  /** Sets the size of the terminal; without a terminal it has no effect. */
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
   * Sends one message to a service, once it is ready: returns the reply where the adapters have one, else null when the program's side has taken the message.
   * Throws wrong_state when the service has ended before, message_not_taken, queue_full, input_error.
   */
  send(message: Readable): Promise<Readable | null>;
  /** Null: the order is not interactive. */
  readonly input: RunInput | null;
  /** Where the program of the run is reached on this port; null: no process listens there, `foreign`: another program does. */
  listener(port: number): Listening;
  /** The log, to be closed by its reader. */
  openLog(): LogSource;
}
