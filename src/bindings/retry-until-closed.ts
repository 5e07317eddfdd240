// Tries a step until it succeeds, as long as the message still belongs to this binding.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../bus/bus.js';
import { CodedError } from '../model/coded-error.js';
import type { ErrorCode } from '../model/error-codes.js';
import { backoffMs, retry } from '../model/retry.js';

/** Faults of the message or the definition, with which the same step would fail again. All other faults are temporary. */
const lasting: ErrorCode[] = [
  'invalid_parameters',
  'invalid_definition',
  'message_not_taken',
  'unknown_application',
  'unknown_secret',
  'run_as_refused',
  'unknown_lane',
  'adapter_unavailable',
  'output_gone',
];
const backoff = { firstMs: 100, longestMs: 5000 };

export const isLasting = (error: unknown): error is CodedError => error instanceof CodedError && lasting.includes(error.code);

/** What waits for its next step: a message, or work without a message. */
export interface Holding {
  delivery: Pick<Delivery, 'live'> & Partial<Pick<Delivery, 'giveBack'>>;
  /** Aborted when the binding was changed or closed: then there is no next step. */
  retired: AbortSignal;
  /** Called with what holds the step up, in one sentence; null: nothing any more. */
  say: (problem: string | null) => void;
}

/** Waits between two tries, twice as long after each. When the binding was changed, the message is given back instead. */
export async function pause({ delivery, retired }: Omit<Holding, 'say'>, tries: number): Promise<void> {
  await sleep(backoffMs(backoff, tries), undefined, { ref: false, signal: retired }).catch(() => delivery.giveBack?.());
}

/** Throws a lasting fault, and the last fault once the message does not belong to this binding any more. */
export async function retryUntilClosed<Result>(holding: Holding, step: () => Promise<Result>): Promise<Result> {
  const { delivery, retired, say } = holding;
  let failed = 0;
  const result = await retry(step, {
    backoff,
    failed: (error, failures) => {
      if (isLasting(error) || !delivery.live) throw error;
      failed = failures;
      say(error.message);
    },
    pause: async (_timeMs, error) => {
      await pause(holding, failed);
      if (!delivery.live || retired.aborted) throw error;
    },
  });
  if (failed > 0) say(null);
  return result;
}
