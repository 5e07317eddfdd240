// What the bytes of one line say besides its text: that it was written again, that its colours end.
import { endOfSequence, escapeByte } from './escape-sequences.js';

export const carriageReturn = 13;

/** What a terminal shows of a line that was written again after a carriage return: the last text of it. */
export function lastState(bytes: Uint8Array): Uint8Array {
  for (let end = bytes.length; end > 0; ) {
    const from = bytes.lastIndexOf(carriageReturn, end - 1) + 1;
    const state = bytes.subarray(from, end);
    if (hasText(state)) return state;
    end = from - 1;
  }
  return bytes.subarray(0, 0);
}

/** Whether the sequence there is `[m` or `[0m`, which most that end a line are. */
export function isReset(bytes: Uint8Array, at: number): boolean {
  const letter = 'm'.charCodeAt(0);
  return bytes[at + 1] === 0x5b && (bytes[at + 2] === letter || (bytes[at + 2] === 0x30 && bytes[at + 3] === letter));
}

function hasText(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length && bytes[at] === escapeByte) at = endOfSequence(bytes, at, bytes.length);
  return at < bytes.length;
}
