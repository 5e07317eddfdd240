// Works on many items and lets other work have its turn of the event loop now and then.
import { setImmediate } from 'node:timers/promises';

const turnMs = 10;

/** Calls `act` for one item after the other. */
export async function inTurns<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let begunMs = performance.now();
  for (const item of items) {
    results.push(await act(item));
    if (performance.now() - begunMs < turnMs) continue;
    await setImmediate();
    begunMs = performance.now();
  }
  return results;
}
