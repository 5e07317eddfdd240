// Repeats a step, with pauses that double, until it succeeds or its caller gives up.
import { setTimeout as sleep } from 'node:timers/promises';

/** The pause after the first failure, and the longest one. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

export interface RetryOptions {
  backoff: Backoff;
  /** Called after each failure with the number of failures; throws in order to give up. */
  failed: (error: Error, failures: number) => void | Promise<void>;
  /** Replaces the plain pause; may throw as `failed` does. */
  pause?: (timeMs: number, error: Error) => Promise<void>;
}

export function backoffMs({ firstMs, longestMs }: Backoff, failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs);
}

export async function retry<Result>(step: () => Promise<Result>, { backoff, failed, pause }: RetryOptions): Promise<Result> {
  for (let failures = 1; ; failures++) {
    try {
      return await step();
    } catch (error) {
      await failed(error as Error, failures);
      const timeMs = backoffMs(backoff, failures);
      await (pause ? pause(timeMs, error as Error) : sleep(timeMs));
    }
  }
}
