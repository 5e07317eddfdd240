// The events that an executor reports about an active run.
import type { RunResult } from './run-result.js';

export type RunEvent =
  | { type: 'starting'; launcher: string }
  /** The program that an earlier server started still runs and is followed from now on. */
  | { type: 'found' }
  | { type: 'started'; pid: number; startedAtMs: number; isolation: string; port: number | null }
  | { type: 'stopping' }
  /** `ready`: a service takes messages from now on; `messages`: one or more came out of it and are kept. */
  | { type: 'ready' }
  | { type: 'messages' }
  | { type: 'finished'; result: RunResult };

/** The events with which the state of the run changes. */
export type StateEvent = Exclude<RunEvent, { type: 'found' | 'ready' | 'messages' }>;

export function changesState(event: RunEvent): event is StateEvent {
  return event.type !== 'found' && event.type !== 'ready' && event.type !== 'messages';
}

/** Takes one event; the executor waits for the promise, so that changes that must be stored first are stored. */
export type RunEventSink = (event: RunEvent) => void | Promise<void>;
