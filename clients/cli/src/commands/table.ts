// All commands, in the order of the help.
import type { CommandRow, OptionRow } from '../command-row.js';
import { attachRows } from './attach/rows.js';
import { bindingRows } from './binding/rows.js';
import { completionRows } from './completion/rows.js';
import { definitionRows } from './def/rows.js';
import { importRows } from './import/rows.js';
import { loginRows } from './login/rows.js';
import { mcpRows } from './mcp/rows.js';
import { operateRows } from './operate/rows.js';
import { runRows } from './run/rows.js';
import { runsRows } from './runs/rows.js';
import { serviceRows } from './service/rows.js';
import { streamRows } from './stream/rows.js';
import { userRows } from './user/rows.js';

export const commandRows: CommandRow[] = [
  ...runRows,
  ...runsRows,
  ...definitionRows,
  ...importRows,
  ...attachRows,
  ...serviceRows,
  ...streamRows,
  ...bindingRows,
  ...operateRows,
  ...mcpRows,
  ...userRows,
  ...loginRows,
  ...completionRows,
];

/** Options of every command. */
export const globalOptions: OptionRow[] = [
  { flags: '-s, --server <server>', summary: 'a server by its name or URL; default: PROCREG_URL, else the current one' },
];

/** What groups of commands have in common, by their first word. */
export const groupSummaries: Record<string, string> = {
  def: 'definitions of programs',
  stream: 'streams of messages',
  binding: 'definitions that run for each message of a stream',
  lane: 'queues with a limit of active runs',
  user: 'users, for admins',
  token: 'access tokens',
};
