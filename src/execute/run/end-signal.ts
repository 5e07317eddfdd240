// The end of a program as a signal: a caller that waits for something else, too, can stop waiting and leaves no listener behind.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchedProcess } from '../../worker/launcher.js';

const signals = new WeakMap<LaunchedProcess, AbortSignal>();

/** One signal for each program; it is aborted once the program has ended. */
export function endSignal(process: LaunchedProcess): AbortSignal {
  const known = signals.get(process);
  if (known) return known;
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  signals.set(process, controller.signal);
  void process.ended.then(() => controller.abort());
  return controller.signal;
}

/** Calls `listener` when `signal` is aborted, or now if it already is. The returned function removes the listener. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** The result of `work`; null when the signal is aborted first. */
export function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => resolve(null));
    work.then(resolve, reject).finally(forget);
  });
}

/** Waits for `ms`, or until the signal is aborted. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
