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
