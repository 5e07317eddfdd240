// What a request says of typing: `interactive`, and `tty` with the size of a terminal.

import { isObject } from '../http/json-body.js';
import { CodedError } from '../model/coded-error.js';
import type { Interaction } from '../model/run-order.js';

const usualSize = { rows: 24, columns: 80 };
/** What the system keeps of a size: 16 bits. */
const largest = 65_535;

/** Of a JSON body; `tty` alone says `interactive` too. Undefined: it is not typed to. Throws invalid_request. */
export function interactionOf({ interactive, tty }: Record<string, unknown>): Interaction | undefined {
  if (interactive !== undefined && typeof interactive !== 'boolean') throw invalid('interactive must be true or false');
  if (tty === undefined || tty === false) return interactive ? { terminal: null } : undefined;
  if (interactive === false) throw invalid('a run with a terminal is interactive');
  if (tty === true) return { terminal: usualSize };
  if (!isObject(tty)) throw invalid('tty must be true or {"rows": 24, "columns": 80}');
  const unknown = Object.keys(tty).find((key) => key !== 'rows' && key !== 'columns');
  if (unknown !== undefined) throw invalid(`'${unknown}' is no key of tty; there are rows and columns`);
  return { terminal: sizeOf({ ...usualSize, ...tty }) };
}

/** Of the query of attach/: `?tty=1`, with `rows` and `columns`. */
export function askedInteraction(query: URLSearchParams): Interaction {
  const tty = query.get('tty') ?? '0';
  if (!['0', '1', 'false', 'true'].includes(tty)) throw invalid(`tty must be 1 or 0, not '${tty}'`);
  if (tty === '0' || tty === 'false') return { terminal: null };
  const { rows, columns } = usualSize;
  return { terminal: sizeOf({ rows: Number(query.get('rows') ?? rows), columns: Number(query.get('columns') ?? columns) }) };
}

/** Throws invalid_request. */
export function sizeOf({ rows, columns }: { rows: unknown; columns: unknown }): { rows: number; columns: number } {
  if (isLength(rows) && isLength(columns)) return { rows, columns };
  throw invalid(`a terminal has 1 to ${largest} rows and columns, not ${JSON.stringify(rows)} and ${JSON.stringify(columns)}`);
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largest;
}

function invalid(message: string): CodedError {
  return new CodedError('invalid_request', message);
}
