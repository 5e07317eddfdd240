// Completes what stands behind the name of a definition: its parameters, and their values.
import type { Candidate } from './complete.js';

interface Declared {
  type?: string | string[];
  description?: string;
  format?: string;
  enum?: unknown[];
  items?: Declared;
}

export interface Definition {
  parameters?: { properties?: Record<string, Declared> };
}

const isBoolean = ({ type }: Declared) => type === 'boolean';
const isFile = ({ format, items }: Declared) => format === 'file' || items?.format === 'file';
const choices = ({ enum: own, items }: Declared) => (own ?? items?.enum ?? []).map(String);

/** `before`: the words between the name and the one at the cursor, which begins with `current`. */
export function parameterCandidates({ parameters }: Definition, before: string[], current: string): Candidate[] | 'files' {
  const declared = parameters?.properties ?? {};
  const open = before.length > 0 ? declared[nameOf(before[before.length - 1])] : undefined;
  if (open && !isBoolean(open)) return isFile(open) ? 'files' : choices(open).map((value) => ({ value }));
  const [flag, value] = current.split(/=(.*)/s);
  if (value !== undefined) return choices(declared[nameOf(flag)] ?? {}).map((choice) => ({ value: `${flag}=${choice}` }));
  const used = new Set(before.map((word) => nameOf(word.split('=')[0])));
  return Object.entries(declared).flatMap(([name, schema]) => {
    if (used.has(name) && schema.type !== 'array') return [];
    const text = schema.description;
    return [{ value: `--${name}`, text }, ...(isBoolean(schema) ? [{ value: `--no-${name}`, text }] : [])];
  });
}

function nameOf(word: string): string {
  return word.startsWith('--') ? word.slice(2) : '';
}
