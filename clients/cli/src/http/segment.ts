// One part of the path of an address.
import { exitCodes, Failure } from '../failure.js';

/** The encoded text. Throws a Failure for `.` and `..`, which no encoding keeps from leading to another address, and for nothing. */
export function segment(text: string | number): string {
  if (['', '.', '..'].includes(String(text))) throw new Failure(`'${text}' cannot be a name`, { exitCode: exitCodes.usage });
  return encodeURIComponent(text);
}
