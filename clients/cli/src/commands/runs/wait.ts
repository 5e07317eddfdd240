// Waits for the end of runs.
import type { Act } from '../../command-row.js';
import { exitCodes } from '../../failure.js';
import { retryMs } from '../../http/patience.js';
import { findRun } from '../../runs/find-run.js';
import { endedRun } from '../../runs/follow-run.js';
import { endOf } from '../../runs/run-end.js';
import { secondsOf } from '../../terminal/durations.js';
import { tell } from '../../terminal/table.js';

export const wait: Act = async ({ connection }, texts, { timeout }: { timeout?: string }) => {
  const signal = timeout === undefined ? undefined : AbortSignal.timeout(Number(secondsOf(timeout)) * 1000);
  const ids = [];
  for (const text of texts) ids.push(await findRun(connection, text));
  let code = 0;
  for (const id of ids) {
    const record = await endedRun(connection, id, { retryMs: retryMs(), signal }).catch((error) => {
      if (!signal?.aborted) throw error;
    });
    if (!record) {
      tell(`procreg: run ${id} has not ended within ${timeout}`);
      return exitCodes.timeout;
    }
    code = endOf(record).code;
  }
  return code;
};
