// Reads an unfinished command line by the table: which command it is, and what stands at the cursor.
import type { CommandRow, Completed } from '../command-row.js';
import { commandRows, globalOptions } from '../commands/table.js';
import { type OptionWords, optionNamed, optionWords } from './option-words.js';

export type Place =
  /** A command, or the second word of a group. */
  | { at: 'command'; before: string[] }
  | { at: 'option'; options: OptionWords[] }
  | { at: 'value'; option: OptionWords }
  | { at: 'operand'; what?: Completed }
  /** Behind the name of a definition (or a run of it): its parameters. */
  | { at: 'parameter'; of: string; kind: 'definition' | 'run'; before: string[] };

export interface Cursor {
  place: Place;
  /** What --server says. */
  server?: string;
}

const globals = globalOptions.map(optionWords);
const help: OptionWords = { names: ['-h', '--help'], summary: 'show the help' };

/** `before`: the words between `procreg` and the one at the cursor, which begins with `current`. */
export function cursorOf(before: string[], current: string): Cursor {
  const { words, server, open } = withoutGlobals(before);
  if (open) return { place: { at: 'value', option: open }, server };
  const { row, length } = rowOf(words);
  if (row) return { place: placeIn(row, words.slice(length), current), server };
  if (current.startsWith('-')) return { place: { at: 'option', options: [...globals, help] }, server };
  return { place: { at: 'command', before: words }, server };
}

/** Global options stand before the command; `open`: the last word is one whose value comes now. */
function withoutGlobals(before: string[]): { words: string[]; server?: string; open?: OptionWords } {
  let server: string | undefined;
  let at = 0;
  for (; at < before.length; at++) {
    const [name, value] = before[at].split(/=(.*)/s);
    const option = optionNamed(globals, name);
    if (!option) break;
    if (value === undefined && at + 1 === before.length) return { words: [], server, open: option };
    server = value ?? before[++at];
  }
  return { words: before.slice(at), server };
}

function rowOf(words: string[]): { row?: CommandRow; length: number } {
  for (const length of [2, 1]) {
    const row = commandRows.find(({ path }) => path === words.slice(0, length).join(' '));
    if (row) return { row, length: row.path.split(' ').length };
  }
  return { length: 0 };
}

function placeIn(row: CommandRow, words: string[], current: string): Place {
  const options = [...(row.options ?? []).map(optionWords), ...globals, help];
  const operands: string[] = [];
  let isOver = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (row.passThrough && operands.length > 0) return placeBehind(row, operands[0], words.slice(at));
    const option = isOver ? undefined : optionNamed(options, word);
    if (word === '--' && !isOver) isOver = true;
    else if (option?.value !== undefined) {
      if (at + 1 === words.length) return { at: 'value', option };
      at++;
    } else if (isOver || !word.startsWith('-')) operands.push(word);
  }
  if (row.passThrough && operands.length > 0) return placeBehind(row, operands[0], []);
  if (current.startsWith('-') && !isOver) return { at: 'option', options };
  return { at: 'operand', what: row.completes?.[Math.min(operands.length, row.completes.length - 1)] };
}

/** What stands behind the operand `of` belongs to the definition or the run that it names; nothing is known of a program. */
function placeBehind({ completes = [] }: CommandRow, of: string, before: string[]): Place {
  const kind = completes[0];
  return kind === 'definition' || kind === 'run' ? { at: 'parameter', of, kind, before } : { at: 'operand', what: undefined };
}
