// The smallest and the largest of every number and size that a definition or a request may give.
import { CodedError } from './coded-error.js';
import { largestSize, sizePattern, sizeText } from './sizes.js';

export interface Range {
  from: number;
  to: number;
}

const dayOfSeconds = 86_400;
const shownBound = 80;

/** Seconds of a timeout; 0: none. The largest are 31 years. */
export const timeoutRange: Range = { from: 0, to: 1_000_000_000 };
/** Seconds as text, with a fraction or without. */
export const secondsForm = /^\d{1,20}(\.\d{1,20})?$/;
/** Seconds that a stop, a restart or the readiness of a service may wait. */
export const pauseRange: Range = { from: 0, to: dayOfSeconds };
export const priorityRange: Range = { from: -1000, to: 1000 };
export const countRange: Range = { from: 1, to: 1_000_000 };
export const daysRange: Range = { from: 1, to: 36_500 };
/** Bytes; with less memory no program starts. */
export const memoryRange: Range = { from: 2 ** 20, to: largestSize };
export const outputRange: Range = { from: 0, to: largestSize };
export const chunkRange: Range = { from: 1, to: 16 * 2 ** 20 };
/** Bounds of the kernel: pid_max, and the usual nr_open. */
export const processesRange: Range = { from: 1, to: 4_194_304 };
export const filesRange: Range = { from: 1, to: 1_048_576 };

/** The JSON Schema of a number of this range, with its bounds for people. */
export function numberSchema(type: 'integer' | 'number', { from, to }: Range): object {
  return { type, minimum: from, maximum: to };
}

/** The JSON Schema of a size, which may be text; `x-size` is a keyword of the checks of this product. */
export function sizeSchema({ from, to }: Range): object {
  const description = `from ${sizeText(from)} to ${sizeText(to)}`;
  return { type: ['integer', 'string'], minimum: from, maximum: to, pattern: sizePattern, 'x-size': { from, to }, description };
}

/** Returns `value` when it is a number in the range, or throws invalid_request; `what` as in `timeout (seconds)`. */
export function numberWithin(what: string, value: unknown, { from, to }: Range): number {
  if (typeof value === 'number' && value >= from && value <= to) return value;
  throw outside(what, JSON.stringify(value), { from, to });
}

/** Like numberWithin, for text: digits, with a sign or a fraction where the range and `form` allow them. */
export function textWithin(what: string, text: string, { form, ...range }: Range & { form: RegExp }): number {
  const value = form.test(text) ? Number(text) : Number.NaN;
  if (value >= range.from && value <= range.to) return value;
  throw outside(what, `'${text}'`, range);
}

function outside(what: string, shown: string, { from, to }: Range): CodedError {
  const short = shown.length > shownBound ? `${shown.slice(0, shownBound)}…`.toWellFormed() : shown;
  return new CodedError('invalid_request', `${what} must be a number from ${from} to ${to}, got ${short}`);
}
