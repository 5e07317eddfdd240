// Shows runs in full.
import type { Act } from '../../command-row.js';
import { readRun } from '../../runs/find-run.js';
import { runText } from '../../runs/run-table.js';
import { print, printJson } from '../../terminal/table.js';

export const show: Act = async ({ connection }, texts, { json }) => {
  const runs = [];
  for (const text of texts) runs.push(await readRun(connection, text));
  if (json) printJson(texts.length === 1 ? runs[0] : runs);
  else print(runs.map(runText).join('\n'));
  return 0;
};
