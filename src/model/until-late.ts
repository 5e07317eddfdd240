// Waits a limited time, or until somebody does not want to wait any more.

/** The longest time of a timer. */
const longestMs = 2 ** 31 - 1;

/** Resolves as `wait` does, whose signal is aborted after `timeoutMs`, or when `signal` is. */
export async function untilLate(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  wait: (late: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const timer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => late.abort(), Math.min(timeoutMs, longestMs));
  await wait(signal ? AbortSignal.any([late.signal, signal]) : late.signal);
  clearTimeout(timer);
}
