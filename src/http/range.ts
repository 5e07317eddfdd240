// Parses the Range header (RFC 9110 section 14): one range of bytes; for several ranges or other units the whole is sent.
import { CodedError } from '../model/coded-error.js';
import type { ByteRange } from '../results/outputs.js';

/** Undefined: the whole content. Throws range_not_satisfiable. */
export function parseRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1], match[2]].map((text) => (text === '' ? undefined : Number(text)));
  const range =
    first === undefined
      ? { start: Math.max(0, bytes - (last as number)), end: bytes - 1 }
      : { start: first, end: Math.min(last ?? bytes - 1, bytes - 1) };
  if (last !== undefined && first !== undefined && last < first) return undefined;
  if (range.start > range.end)
    throw new CodedError('range_not_satisfiable', `the range must lie within the ${bytes} bytes of the content, got '${header}'`);
  return range;
}

/** The smallest last position that stands for bytes which do not exist yet (RFC 8673, section 2.1). */
const veryLarge = 2n ** 53n - 1n;

/** A range to an end that is not known yet; `last` is its last position as the client wrote it. */
export interface LiveRange {
  start: number;
  last: string;
}

/** Undefined: the header asks for no range with a very large last position. */
export function parseLiveRange(header: string | undefined): LiveRange | undefined {
  const match = /^bytes=(\d{1,15})-(\d{16,20})$/.exec(header?.trim() ?? '');
  return match && BigInt(match[2]) >= veryLarge ? { start: Number(match[1]), last: match[2] } : undefined;
}

/** The same for a range without a last position, where the client has said otherwise that it follows. */
export function parseOpenRange(header: string | undefined): LiveRange | undefined {
  const match = /^bytes=(\d{1,15})-$/.exec(header?.trim() ?? '');
  return match ? { start: Number(match[1]), last: String(veryLarge) } : undefined;
}
