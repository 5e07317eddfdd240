// Filters paths by shell patterns in linear time: `*` and `?` also match slashes, [abc] and [!abc] are sets.
import { setImmediate } from 'node:timers/promises';
import { RE2JS } from 're2js';
import { CodedError } from '../model/coded-error.js';

const patternsBound = 8;
/** The most characters of all patterns together: each character of a name may be compared once with each of them. */
const lengthBound = 512;
/** How many of these comparisons are done in one turn of the event loop. */
const looksPerTurn = 2 ** 20;

export interface NamePatterns {
  /** Empty: every path. */
  include: string[];
  /** Excludes paths even when they match `include`. */
  exclude: string[];
}

/** A filter that lets other work have its turn now and then. */
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
  const given = `${patterns.length} with ${length} characters`;
  throw new CodedError(
    'invalid_request',
    `at most ${patternsBound} patterns of ${lengthBound} characters together are allowed, got ${given}`,
  );
}

function compiled(pattern: string): RE2JS {
  const parts = pattern.match(/\[!?\]?[^\]]*\]|[\s\S]/g) ?? [];
  try {
    return RE2JS.compile(parts.map(expression).join(''), RE2JS.DOTALL);
  } catch {
    throw new CodedError('invalid_request', `'${pattern}' is not a valid pattern for names`);
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
