// What the end of a run means for a shell: an exit code, and a sentence where the code alone does not say it.
import { constants } from 'node:os';
import { exitCodes } from '../failure.js';
import type { RunRecord } from './run-record.js';

export interface RunEnd {
  code: number;
  /** Missing where the program has ended by itself. */
  sentence?: string;
}

const fixedCodes: Record<string, number> = { timeout: exitCodes.timeout, lost: exitCodes.unavailable, spawn_error: exitCodes.refused };

/** `record`: of a run that has ended. */
export function endOf({ id, end_reason: reason, exit_code: exitCode, signal, success, error }: RunRecord): RunEnd {
  const sentence = `run ${id} has ended with ${reason}: ${error ?? 'the server does not say why'}`;
  if (reason === 'exit' && (exitCode !== 0 || success)) return { code: exitCode ?? exitCodes.failed };
  const fixed = fixedCodes[reason ?? ''];
  if (fixed !== undefined) return { code: fixed, sentence };
  if (signal !== null) return { code: signalCode(signal), ...(reason !== 'signal' && { sentence }) };
  if (reason === 'stop' || reason === 'cancelled') return { code: exitCode || signalCode('SIGTERM'), sentence };
  return { code: exitCode || exitCodes.failed, sentence };
}

/** 128 + n, as shells say it; realtime signals are called SIG40. */
export function signalCode(name: string): number {
  const number = constants.signals[name as NodeJS.Signals] ?? Number(/^SIG(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  return Number.isNaN(number) ? exitCodes.failed : 128 + number;
}
