// What an executor tells about a run while it goes on.
import type { RunResult } from './run-result.js';

export type RunEvent =
  | { type: 'starting'; launcher: string }
  /** The program that an earlier server started still runs, and is followed from now on. */
  | { type: 'found' }
  | { type: 'started'; pid: number; startedAtMs: number; isolation: string; port: number | null }
  | { type: 'stopping' }
  /** A service takes messages from now on; one or more came out of it and are kept. */
  | { type: 'ready' }
  | { type: 'messages' }
  | { type: 'finished'; result: RunResult };

/** Those with which the state of the run changes. */
export type StateEvent = Exclude<RunEvent, { type: 'found' | 'ready' | 'messages' }>;

export function changesState(event: RunEvent): event is StateEvent {
  return event.type !== 'found' && event.type !== 'ready' && event.type !== 'messages';
}

/** Takes one event; the executor waits for the promise: what must be stored first is. */
export type RunEventSink = (event: RunEvent) => void | Promise<void>;
