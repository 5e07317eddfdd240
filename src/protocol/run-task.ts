// One order on its way through the executor: what comes with it and who hears of it.
import type { Readable } from 'node:stream';
import type { RunEventSink } from './run-event.js';
import type { RunOrder } from './run-order.js';

export interface RunTask {
  order: RunOrder;
  /** The message when the order says `live`. */
  message: Readable | null;
  emit: RunEventSink;
}

/** The end reason is stop (or cancelled before the start) when nothing else came first; `error` is its sentence. */
export interface StopRequest {
  signal?: string;
  graceMs?: number;
  error: string;
}

export interface ExecutingRun {
  finished: Promise<void>;
  stop(request: StopRequest): void;
}
