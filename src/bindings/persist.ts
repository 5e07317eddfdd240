// Steps that are tried until they succeed, as long as the message is still ours.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../bus/bus.js';
import { CodedError } from '../protocol/coded-error.js';
import type { ErrorCode } from '../protocol/error-codes.js';

/** Faults of the message or the definition: the same step would fail again. Everything else passes. */
const lasting: ErrorCode[] = [
  'invalid_parameters',
  'invalid_definition',
  'message_not_taken',
  'unknown_application',
  'unknown_lane',
  'adapter_unavailable',
  'output_gone',
];
const firstPauseMs = 100;
const longestPauseMs = 5000;

export const isLasting = (error: unknown): error is CodedError => error instanceof CodedError && lasting.includes(error.code);

/** Doubling with each try, from the first one on. */
export const pauseMs = (tries: number): number => Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);

export interface Holding {
  delivery: Pick<Delivery, 'live'>;
  /** What holds it up, in one sentence; null: nothing any more. */
  say: (problem: string | null) => void;
}

/** Throws what lasts, and the fault that came last once the bus has taken the message back. */
export async function persist<Result>({ delivery, say }: Holding, step: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      const result = await step();
      if (tries > 1) say(null);
      return result;
    } catch (error) {
      if (isLasting(error) || !delivery.live) throw error;
      say((error as Error).message);
      await sleep(pauseMs(tries), undefined, { ref: false });
    }
  }
}
