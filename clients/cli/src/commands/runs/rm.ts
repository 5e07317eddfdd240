// Removes runs.
import type { Act } from '../../command-row.js';
import { readRun } from '../../runs/find-run.js';
import { programOf, runPath } from '../../runs/run-record.js';
import { stateOf } from '../../runs/run-table.js';
import { confirm } from '../../terminal/ask.js';
import { printLine, tell } from '../../terminal/table.js';

export const rm: Act = async ({ connection, server }, texts, { yes }: { yes?: boolean }) => {
  const runs = [];
  for (const text of texts) runs.push(await readRun(connection, text));
  const what = runs.length === 1 ? '1 run' : `${runs.length} runs`;
  tell(`${what} on ${server.label}:`);
  for (const run of runs) tell(`  ${run.id}  ${programOf(run).slice(0, 60)}  ${stateOf(run)}`);
  if (runs.length > 1) await confirm(`Remove ${what} on ${server.label}?`, yes === true);
  for (const { id } of runs) {
    await connection.json({ method: 'DELETE', path: runPath(id) });
    printLine(id);
  }
  return 0;
};
