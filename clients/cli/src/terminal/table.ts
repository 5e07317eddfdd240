// Lists as people read them: columns at a terminal and in a pipe, JSON, or ids only.
import { stripVTControlCharacters } from 'node:util';

export interface Listed {
  /** --json */
  json?: boolean;
  /** --quiet: the first column only, without a head. */
  quiet?: boolean;
}

/** Options of every list. */
export const listOptions = [
  { flags: '--json', summary: 'print JSON' },
  { flags: '-q, --quiet', summary: 'print the first column only' },
];

/** Prints rows under a head; `all` is what --json prints. Rows are cut to the width of a terminal, and never in a pipe. */
export function printList(head: string[], rows: string[][], { all, json, quiet }: Listed & { all: unknown }): void {
  if (json) return print(`${JSON.stringify(all, null, 2)}\n`);
  if (quiet) return print(rows.map(([first]) => `${first}\n`).join(''));
  print(
    tableOf(
      [head, ...rows].map((row) => row.map(plain)),
      process.stdout.isTTY ? process.stdout.columns : undefined,
    ),
  );
}

/** Columns two blanks apart; the last one is not filled. */
export function tableOf(rows: string[][], columns?: number): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${columns === undefined || line.length <= columns ? line : `${line.slice(0, columns - 1)}…`}\n`).join('');
}

export function print(text: string | Uint8Array): void {
  process.stdout.write(text);
}

/** Text of others without control characters: nothing that is listed can move the cursor or change colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}
