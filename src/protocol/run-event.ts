// What an executor tells about a run while it goes on.
import type { LogStream } from './log-format.js';
import type { RunResult } from './run-result.js';

export type RunEvent =
  | { type: 'starting' }
  | { type: 'started'; pid: number; startedAtMs: number; isolation: string }
  | { type: 'output'; stream: LogStream; timeMs: number; bytes: Buffer }
  | { type: 'stopping' }
  | { type: 'finished'; result: RunResult };

/** Takes one event; the executor waits for the promise, so a slow reader slows the program and not the memory. */
export type RunEventSink = (event: RunEvent) => void | Promise<void>;
