// Values inside of a shell script, wherever they stand in its quotes: each becomes a positional parameter, so that no value is ever code.

/** Where in the quotes of a script a place is. */
type Quotes = 'none' | 'single' | 'double';

export interface PositionalScript {
  script: string;
  /** The names whose values are $1, $2 and so on. */
  names: string[];
}

/** `{{ name }}` becomes "$1" in the quotes of its place. */
export function positional(template: string): PositionalScript {
  const names: string[] = [];
  let script = '';
  let quotes: Quotes = 'none';
  for (let at = 0; at < template.length; at++) {
    const [whole, name] = /^\{\{\s*([\w.]+)\s*\}\}/.exec(template.slice(at, at + 200)) ?? [];
    if (whole !== undefined && name !== undefined) {
      if (!names.includes(name)) names.push(name);
      script += placed(quotes, names.indexOf(name) + 1);
      at += whole.length - 1;
      continue;
    }
    const character = template[at];
    script += character;
    if (character === '\\' && quotes !== 'single') script += template[++at] ?? '';
    else quotes = after(quotes, character);
  }
  return { script, names };
}

function placed(quotes: Quotes, number: number): string {
  const value = `\${${number}}`;
  if (quotes === 'double') return value;
  return quotes === 'single' ? `'"${value}"'` : `"${value}"`;
}

function after(quotes: Quotes, character: string): Quotes {
  if (character === "'" && quotes !== 'double') return quotes === 'single' ? 'none' : 'single';
  if (character === '"' && quotes !== 'single') return quotes === 'double' ? 'none' : 'double';
  return quotes;
}
