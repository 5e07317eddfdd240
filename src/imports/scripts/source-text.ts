// Reads literals, calls and comments in the source of a script, in what Python, JavaScript and Perl have in common.

const quotes = `"'\``;

/** The index behind the string that begins at `start`; strings in three quotes are Python's. */
function stringEnd(source: string, start: number): number {
  const quote = source[start];
  const mark = source.startsWith(quote.repeat(3), start) && quote !== '`' ? quote.repeat(3) : quote;
  for (let at = start + mark.length; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source.startsWith(mark, at)) return at + mark.length;
  }
  return source.length;
}

/** The source without its comments; `mark`: what begins one. A quote between letters (don't), or one that ends with its line, does not begin a string. */
export function withoutComments(source: string, mark: '#' | '//'): string {
  let text = '';
  for (let at = 0; at < source.length; ) {
    const end = skipped(source, at, mark);
    if (end !== undefined) {
      at = end;
      continue;
    }
    const isString = quotes.includes(source[at]) && !(mark === '#' && /[\w$&]/.test(source[at - 1] ?? '') && !isPrefix(source, at));
    const next = isString ? stringEnd(source, at) : at + 1;
    text += source.slice(at, next);
    at = next;
  }
  return text;
}

/** The index behind the comment that begins here. */
function skipped(source: string, at: number, mark: '#' | '//'): number | undefined {
  const lineEnd = () => {
    const end = source.indexOf('\n', at);
    return end < 0 ? source.length : end;
  };
  if (mark === '#') return source[at] === '#' && /^$|\s/.test(source[at - 1] ?? '') ? lineEnd() : undefined;
  if (source.startsWith('/*', at)) {
    const end = source.indexOf('*/', at);
    return end < 0 ? source.length : end + 2;
  }
  return source.startsWith('//', at) && source[at - 1] !== ':' && source[at - 1] !== '\\' ? lineEnd() : undefined;
}

/** The r of r"…" and its like. */
function isPrefix(source: string, at: number): boolean {
  return /(^|[^\w$&])[rRbBfFuU]{1,2}$/.test(source.slice(Math.max(0, at - 3), at));
}

/** The text between the parenthesis that opens at `start` and the one that closes it; strings are skipped. */
export function insideParentheses(source: string, start: number): string {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (quotes.includes(character)) at = stringEnd(source, at) - 1;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth === 0) return source.slice(start + 1, at);
  }
  return source.slice(start + 1);
}

/** Splits at the commas that are not inside of anything. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quotes.includes(character)) at = stringEnd(text, at) - 1;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

/** The arguments of each call of what `pattern` matches up to its parenthesis. */
export function callsOf(source: string, pattern: RegExp): { match: RegExpMatchArray; parts: string[]; end: number }[] {
  return [...source.matchAll(pattern)].map((match) => {
    const open = match.index + match[0].length - 1;
    const inside = insideParentheses(source, open);
    return { match, parts: splitArguments(inside), end: open + inside.length + 2 };
  });
}

/** A literal of Python, JavaScript or Perl: a string, a number, true or false; undefined: it is computed. */
export function literalOf(text: string | undefined): string | number | boolean | undefined {
  if (text === undefined) return undefined;
  const strings = [...text.matchAll(/\s*[rbu]?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)\s*\+?/gsy)];
  const length = strings.reduce((sum, [whole]) => sum + whole.length, 0);
  if (strings.length > 0 && length === text.length)
    return strings.map(([, double, single, tick]) => unescaped(double ?? single ?? tick ?? '')).join('');
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return undefined;
}

function unescaped(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t' };
  return text.replace(/\\(.)/gs, (_, character: string) => letters[character] ?? character);
}

/** The literals of a list. */
export function literalsOf(text: string | undefined): (string | number)[] | undefined {
  const inner = /^[[(]([\s\S]*)[\])]$/.exec(text?.trim() ?? '')?.[1];
  if (inner === undefined) return undefined;
  const values = splitArguments(inner).map(literalOf);
  return values.every((value) => typeof value === 'string' || typeof value === 'number') ? (values as (string | number)[]) : undefined;
}
