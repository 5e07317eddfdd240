// Stops runs.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { retryMs } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import { findRun } from '../../runs/find-run.js';
import { endedRun } from '../../runs/follow-run.js';
import { runPath } from '../../runs/run-record.js';
import { printLine, tell } from '../../terminal/table.js';

export const stop: Act = async ({ connection }, texts, { signal, grace }: { signal?: string; grace?: string }) => {
  if (grace !== undefined && !/^\d+(\.\d+)?$/.test(grace))
    throw new Failure(`--grace must be a number of seconds, got '${grace}'`, { exitCode: exitCodes.usage });
  const json = { ...(signal !== undefined && { signal }), ...(grace !== undefined && { grace: Number(grace) }) };
  const ids = [];
  for (const text of texts) ids.push(await findRun(connection, text));
  const stopped = await Promise.all(
    ids.map(async (id) => {
      const isStopping = await connection.json({ method: 'POST', path: `${runPath(id)}stop/`, json }).then(() => true, ended);
      if (isStopping) await endedRun(connection, id, { retryMs: retryMs() });
      else tell(`procreg: run ${id} has ended already`);
      return id;
    }),
  );
  printLine(...stopped);
  return 0;
};

/** Nothing is left to be stopped. */
function ended(error: unknown): false {
  if (error instanceof Refusal && error.code === 'wrong_state') return false;
  throw error;
}
