// Which paths a caller wants by patterns of the shell, in linear time: `*` and `?` stand for slashes too, [abc] and [!abc] are sets.
import { setImmediate } from 'node:timers/promises';
import { RE2JS } from 're2js';
import { CodedError } from '../model/coded-error.js';

const patternsBound = 8;
/** Of all patterns together: each character of each name may be looked at once for each of these. */
const lengthBound = 512;
/** So many of those looks in one turn of the event loop. */
const looksPerTurn = 2 ** 20;

export interface NamePatterns {
  /** Empty: everything. */
  include: string[];
  /** Goes before include. */
  exclude: string[];
}

/** Lets others have their turn now and then. */
export type NameFilter = (path: string) => Promise<boolean>;

/** Throws invalid_request. */
export function nameFilter({ include, exclude }: NamePatterns): NameFilter {
  const length = checkedLength([...include, ...exclude]);
  const wanted = include.map(compiled);
  const unwanted = exclude.map(compiled);
  const matches = (path: string) => (pattern: RE2JS) => pattern.matches(path);
  let looks = 0;
  return async (path) => {
    looks += path.length * length;
    if (looks > looksPerTurn) {
      await setImmediate();
      looks = path.length * length;
    }
    return (wanted.length === 0 || wanted.some(matches(path))) && !unwanted.some(matches(path));
  };
}

function checkedLength(patterns: string[]): number {
  const length = patterns.join('').length;
  if (patterns.length <= patternsBound && length <= lengthBound) return length;
  const given = `${patterns.length} patterns of ${length} characters`;
  throw new CodedError('invalid_request', `${given}; there may be ${patternsBound}, of ${lengthBound} characters together`);
}

function compiled(pattern: string): RE2JS {
  const parts = pattern.match(/\[!?\]?[^\]]*\]|[\s\S]/g) ?? [];
  try {
    return RE2JS.compile(parts.map(expression).join(''), RE2JS.DOTALL);
  } catch {
    throw new CodedError('invalid_request', `'${pattern}' is no pattern for names`);
  }
}

function expression(part: string): string {
  if (part === '*') return '.*';
  if (part === '?') return '.';
  if (part.length === 1) return RE2JS.quote(part);
  const negated = part[1] === '!';
  const members = part.slice(negated ? 2 : 1, -1).replace(/[\\^[\]&~|]/g, '\\$&');
  return `[${negated ? '^' : ''}${members}]`;
}
