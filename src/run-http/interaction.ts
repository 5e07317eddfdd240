// Reads from a request whether a run is interactive: `interactive`, and `tty` with the size of a terminal.

import { shownJson } from '../definitions/shown-json.js';
import { isObject } from '../http/json-body.js';
import { CodedError } from '../model/coded-error.js';
import type { Interaction } from '../model/run-order.js';

const usualSize = { rows: 24, columns: 80 };
/** The largest size of a terminal, which the system keeps in 16 bits. */
const largest = 65_535;

/** Reads a JSON body; `tty` alone also means `interactive`. Undefined: the run is not interactive. Throws invalid_request. */
export function interactionOf({ interactive, tty }: Record<string, unknown>): Interaction | undefined {
  if (interactive !== undefined && typeof interactive !== 'boolean')
    throw invalid(`interactive must be true or false, got ${shownJson(interactive)}`);
  if (tty === undefined || tty === false) return interactive ? { terminal: null } : undefined;
  if (interactive === false) throw invalid('interactive must not be false when tty is given: a run with a terminal is always interactive');
  if (tty === true) return { terminal: usualSize };
  if (!isObject(tty)) throw invalid(`tty must be true, false or {"rows": 24, "columns": 80}, got ${shownJson(tty)}`);
  const unknown = Object.keys(tty).find((key) => key !== 'rows' && key !== 'columns');
  if (unknown !== undefined) throw invalid(`unknown key '${unknown}' in tty; allowed: rows, columns`);
  return { terminal: sizeOf({ ...usualSize, ...tty }) };
}

/** Reads the query of attach/: `?tty=1`, with `rows` and `columns`. */
export function askedInteraction(query: URLSearchParams): Interaction {
  const tty = query.get('tty') ?? '0';
  if (!['0', '1', 'false', 'true'].includes(tty)) throw invalid(`tty must be 1, 0, true or false, got '${tty}'`);
  if (tty === '0' || tty === 'false') return { terminal: null };
  const { rows, columns } = usualSize;
  return { terminal: sizeOf({ rows: Number(query.get('rows') ?? rows), columns: Number(query.get('columns') ?? columns) }) };
}

/** Throws invalid_request. */
export function sizeOf({ rows, columns }: { rows: unknown; columns: unknown }): { rows: number; columns: number } {
  if (isLength(rows) && isLength(columns)) return { rows, columns };
  throw invalid(`rows and columns must be whole numbers from 1 to ${largest}, got ${JSON.stringify(rows)} and ${JSON.stringify(columns)}`);
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largest;
}

function invalid(message: string): CodedError {
  return new CodedError('invalid_request', message);
}
