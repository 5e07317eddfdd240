// Lists runs.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { activeStates, type RunPage } from '../../runs/run-record.js';
import { runHead, runRow, shortIds, wideRunHead, wideRunRow } from '../../runs/run-table.js';
import { printList } from '../../terminal/table.js';

interface ListOptions {
  all?: boolean;
  definition?: string;
  owner?: string;
  limit: string;
  json?: boolean;
  quiet?: boolean;
  output?: string;
}

export const ps: Act = async ({ connection }, _operands, given) => {
  const { all, definition, owner, limit, json, quiet, output } = given as unknown as ListOptions;
  if (output !== undefined && output !== 'wide') throw new Failure(`-o takes wide, got '${output}'`, { exitCode: exitCodes.usage });
  const filters: [string, string | undefined][] = [
    ['limit', limit],
    ['state', all ? undefined : activeStates],
    ['definition', definition],
    ['owner', owner],
  ];
  const query = new URLSearchParams(filters.filter((one): one is [string, string] => one[1] !== undefined));
  const { objects: runs } = await connection.json<RunPage>({ path: `/api/run/?${query}` });
  const ids = shortIds(runs.map(({ id }) => id));
  const isWide = output === 'wide' || quiet;
  const rows = runs.map((run, index) => (isWide ? wideRunRow(run) : runRow(run, ids[index])));
  printList(isWide ? wideRunHead : runHead, rows, { all: runs, json, quiet });
  return 0;
};
