// Which paths a caller wants by patterns of the shell, in linear time: `*` and `?` stand for slashes too, [abc] and [!abc] are sets.
import { RE2JS } from 're2js';
import { CodedError } from '../protocol/coded-error.js';

const patternLength = 1024;

export interface NamePatterns {
  /** Empty: everything. */
  include: string[];
  /** Goes before include. */
  exclude: string[];
}

/** Throws invalid_request. */
export function nameFilter({ include, exclude }: NamePatterns): (path: string) => boolean {
  const wanted = include.map(compiled);
  const unwanted = exclude.map(compiled);
  const matches = (path: string) => (pattern: RE2JS) => pattern.matches(path);
  return (path) => (wanted.length === 0 || wanted.some(matches(path))) && !unwanted.some(matches(path));
}

function compiled(pattern: string): RE2JS {
  if (pattern.length > patternLength) throw invalid(pattern);
  const parts = pattern.match(/\[!?\]?[^\]]*\]|[\s\S]/g) ?? [];
  try {
    return RE2JS.compile(parts.map(expression).join(''), RE2JS.DOTALL);
  } catch {
    throw invalid(pattern);
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

function invalid(pattern: string): CodedError {
  return new CodedError('invalid_request', `'${pattern.slice(0, 100)}' is no pattern for names`);
}
