// Options as rows of the table declare them: their names, and whether a value follows.
import type { OptionRow } from '../command-row.js';

export interface OptionWords {
  /** `-f`, `--follow` */
  names: string[];
  /** What stands between < and >; undefined for a flag. */
  value?: string;
  summary: string;
}

export function optionWords({ flags, summary }: OptionRow): OptionWords {
  const names = flags.match(/--?[\w-]+/g) ?? [];
  return { names, value: /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1], summary };
}

export function optionNamed(options: OptionWords[], word: string): OptionWords | undefined {
  return options.find(({ names }) => names.includes(word));
}
