// The exit code of a run in headers, trailers and Kubernetes' status: a signal counts as 128 and its number, as in a shell.
import { signalNumber } from '../../model/signal-numbers.js';
import type { RunEntity } from '../../runs/run.entity.js';

/** Null: the program has not ended by itself, or was never started. */
export function exitCodeOf({ exitCode, signal }: RunEntity): number | null {
  return exitCode ?? (signal === null ? null : 128 + signalNumber(signal));
}

/** How a run has ended, as headers or trailers. */
export function endFields(row: RunEntity): Record<string, string> {
  const code = exitCodeOf(row);
  return { ...(code !== null && { 'Exit-Code': String(code) }), 'End-Reason': String(row.endReason) };
}

/** For the documentation of what `endFields` gives. */
export const endHeaders = {
  'Exit-Code': 'the exit code of the program, 128 + n for the signal n; absent where there is none',
  'End-Reason': 'why the run has ended, as end_reason of its record',
};
