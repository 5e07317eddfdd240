// What people read: lists as columns, as JSON or as ids only, and lines. Nothing in them controls the terminal.
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
  if (json) return printJson(all);
  if (quiet) return printLine(...rows.map(([first]) => first));
  print(
    tableOf(
      [head, ...rows].map((row) => row.map(plain)),
      // a terminal that does not know its size says 0
      (process.stdout.isTTY && process.stdout.columns) || undefined,
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

export function printLine(...lines: string[]): void {
  print(lines.map((line) => `${plain(line)}\n`).join(''));
}

/** A line on stderr, which is not part of the result. */
export function tell(line: string): void {
  process.stderr.write(`${plain(line)}\n`);
}

/** `indent`: 0 for one line. At a terminal, characters that would control it are escaped, which means the same. */
export function printJson(value: unknown, indent = 2): void {
  const text = JSON.stringify(value ?? null, null, indent);
  print(`${process.stdout.isTTY ? text.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, escaped) : text}\n`);
}

/** In UTF-16, as JSON has it. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

/** The text as it is in a pipe or file; at a terminal without what would control it. */
export function printable(text: string): string {
  return process.stdout.isTTY ? text.split('\n').map(plain).join('\n') : text;
}

/** Text of others without control characters: nothing that is listed can move the cursor or change colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}
