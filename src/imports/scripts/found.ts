// What the source of a script says about its options and arguments, in whatever language it is written.
import type { ParameterSchema } from '../../model/definition.js';

export interface FoundOption {
  /** How the parameter is called: bitrate. */
  name: string;
  /** How the script is given it: --bitrate, -b. */
  flag: string;
  /** Null: a switch without a value. */
  schema: ParameterSchema | null;
  required?: boolean;
  description?: string;
}

export interface FoundArgument {
  name: string;
  schema: ParameterSchema;
  /** It stands for all further arguments. */
  isRest?: boolean;
  required: boolean;
}

export interface FoundScript {
  description?: string;
  options: FoundOption[];
  arguments: FoundArgument[];
  readsInput: boolean;
  notes: string[];
}

export function nothingFound(): FoundScript {
  return { options: [], arguments: [], readsInput: false, notes: [] };
}

/** The text between the parenthesis that opens at `start` and the one that closes it; strings are skipped. */
export function insideParentheses(source: string, start: number): string {
  let depth = 0;
  let quote = '';
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (quote) {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (`"'\``.includes(character)) quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth === 0) return source.slice(start + 1, at);
  }
  return source.slice(start + 1);
}

/** Splits at the commas that are not inside of anything. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let [depth, quote, part] = [0, '', ''];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote) {
      if (character === '\\') part += character + (text[++at] ?? '');
      else part += character;
      if (character === quote) quote = '';
      continue;
    }
    if (`"'\``.includes(character)) quote = character;
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()].filter((one) => one !== '');
}

/** A literal of Python, JavaScript or Perl: a string, a number, true or false; undefined: it is computed. */
export function literalOf(text: string | undefined): string | number | boolean | undefined {
  if (text === undefined) return undefined;
  const joined = [...text.matchAll(/\s*[rbu]?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)\s*\+?/gy)];
  if (
    joined.length > 0 &&
    joined
      .map(([whole]) => whole)
      .join('')
      .trim() === text.trim()
  )
    return joined.map(([, double, single, tick]) => (double ?? single ?? tick ?? '').replace(/\\(.)/g, '$1')).join('');
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return undefined;
}

/** The literals of a list. */
export function literalsOf(text: string | undefined): (string | number)[] | undefined {
  const inner = /^[[(]([\s\S]*)[\])]$/.exec(text?.trim() ?? '')?.[1];
  if (inner === undefined) return undefined;
  const values = splitArguments(inner).map(literalOf);
  return values.every((value) => typeof value === 'string' || typeof value === 'number') ? (values as (string | number)[]) : undefined;
}
