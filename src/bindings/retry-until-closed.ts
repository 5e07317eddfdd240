// Steps that are tried until they succeed, as long as the message is still ours.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../bus/bus.js';
import { CodedError } from '../model/coded-error.js';
import type { ErrorCode } from '../model/error-codes.js';
import { backoffMs, retry } from '../model/retry.js';

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
const backoff = { firstMs: 100, longestMs: 5000 };

export const isLasting = (error: unknown): error is CodedError => error instanceof CodedError && lasting.includes(error.code);

/** What waits for its next step: a message, or something that has none to give back. */
export interface Holding {
  delivery: Pick<Delivery, 'live'> & Partial<Pick<Delivery, 'giveBack'>>;
  /** Aborted when its binding was changed or closed: there is no next step then. */
  retired: AbortSignal;
  /** What holds it up, in one sentence; null: nothing any more. */
  say: (problem: string | null) => void;
}

/** Between two tries, doubling with each from the first one on. Of a binding that was changed the message is given back instead. */
export async function pause({ delivery, retired }: Omit<Holding, 'say'>, tries: number): Promise<void> {
  await sleep(backoffMs(backoff, tries), undefined, { ref: false, signal: retired }).catch(() => delivery.giveBack?.());
}

/** Throws what lasts, and the fault that came last once the message is not ours any more. */
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
