// Trying again: with pauses that double, until the step succeeds or its caller has had enough.
import { setTimeout as sleep } from 'node:timers/promises';

/** The pause after the first failure, and the longest one. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
}

export interface RetryOptions {
  backoff: Backoff;
  /** Called after each failure with how many there were: throws when nothing is to be tried any more. */
  failed: (error: Error, failures: number) => void | Promise<void>;
  /** In place of plain time; may throw as `failed` does. */
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
