// All commands, in the order of the help.
import type { CommandRow } from '../command-row.js';
import { definitionRows } from './def/rows.js';
import { loginRows } from './login/rows.js';
import { runRows } from './run/rows.js';
import { runsRows } from './runs/rows.js';

export const commandRows: CommandRow[] = [...runRows, ...runsRows, ...definitionRows, ...loginRows];

/** What groups of commands have in common, by their first word. */
export const groupSummaries: Record<string, string> = {
  def: 'definitions of programs',
};
