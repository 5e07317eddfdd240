// Creates the ids of runs: UUIDs of version 7 (RFC 9562), each larger than the one before, even when the clock is set back.
import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

/** Random bytes for many ids at once: requesting them for each id costs as much as the rest of the id. */
const pool = Buffer.alloc(4096);
let poolUsed = pool.length;

/** The time of the last id; `inMs` counts the ids of one millisecond. */
let lastMs = 0;
let inMs = 0;
/** The largest counter that uuid takes. */
const mostInMs = 2 ** 32 - 1;

export function newRunId(): string {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += 16;
  const nowMs = Date.now();
  if (nowMs > lastMs) beginAt(nowMs);
  else if (inMs === mostInMs) beginAt(lastMs + 1);
  else inMs++;
  return uuidv7({ random: pool.subarray(poolUsed - 16, poolUsed), msecs: lastMs, seq: inMs });
}

/** Takes the newest id of an earlier server: ids from now on are larger. */
export function continueAfter(runId: string): void {
  const thenMs = Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16);
  if (thenMs >= lastMs) beginAt(thenMs + 1);
}

function beginAt(ms: number): void {
  lastMs = ms;
  inMs = 0;
}
