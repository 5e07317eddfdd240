// The end of a program as a signal: whoever waits for it beside something else can stop waiting, and leaves nothing behind.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchedProcess } from '../../worker/launcher.js';

const signals = new WeakMap<LaunchedProcess, AbortSignal>();

/** One for each program; aborted once it has ended. */
export function endSignal(process: LaunchedProcess): AbortSignal {
  const known = signals.get(process);
  if (known) return known;
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  signals.set(process, controller.signal);
  void process.ended.then(() => controller.abort());
  return controller.signal;
}

/** Calls `listener` when it is aborted, or now if it is; until the returned function is called. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** What `work` comes to; null when the signal is aborted before. */
export function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => resolve(null));
    work.then(resolve, reject).finally(forget);
  });
}

/** Shorter when the signal is aborted meanwhile. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
