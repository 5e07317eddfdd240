// How long the client tries again when the server or the network fails, and how it waits between two attempts.
import { exitCodes, Failure } from '../failure.js';

const firstPauseMs = 100;
const longestPauseMs = 5000;
/** Seconds without the server until the client gives up; PROCREG_RETRY replaces it. */
export const usualRetrySeconds = 120;

/** Seconds of PROCREG_RETRY. Throws a Failure for anything else. */
export function retryMs(): number {
  const { PROCREG_RETRY: text = '' } = process.env;
  if (text === '') return usualRetrySeconds * 1000;
  if (!/^\d{1,6}$/.test(text)) throw new Failure(`PROCREG_RETRY must be a number of seconds, got '${text}'`, { exitCode: exitCodes.usage });
  return Number(text) * 1000;
}

export class Patience {
  readonly #limitMs: number;
  readonly #signal?: AbortSignal;
  #since: number | undefined;
  #pauseMs = firstPauseMs;

  constructor(limitMs: number, signal?: AbortSignal) {
    this.#limitMs = limitMs;
    this.#signal = signal;
  }

  /** The server has answered: the time begins anew with the next failure. */
  succeeded(): void {
    this.#since = undefined;
    this.#pauseMs = firstPauseMs;
  }

  /** Resolves when it is time to try again. Throws the error when it is not worth a retry, or the time is over. */
  async failed(error: unknown): Promise<void> {
    this.#signal?.throwIfAborted();
    if (!isWorthRetry(error)) throw error;
    this.#since ??= performance.now();
    if (performance.now() - this.#since + this.#pauseMs > this.#limitMs) throw error;
    // the rows of commands name a time of this file: what it needs is loaded when something fails
    const { setTimeout: sleep } = await import('node:timers/promises');
    await sleep(this.#pauseMs, undefined, { signal: this.#signal });
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }
}

/** Does `attempt` until it succeeds, or fails for good. */
export async function persistently<Value>(attempt: () => Promise<Value>, patience: Patience): Promise<Value> {
  for (;;) {
    try {
      const value = await attempt();
      patience.succeeded();
      return value;
    } catch (error) {
      await patience.failed(error);
    }
  }
}

/** Not what the server has refused: it would refuse it again. */
export function isWorthRetry(error: unknown): boolean {
  return error instanceof Failure && error.exitCode === exitCodes.unavailable;
}
