// How many descriptors this process may have open at once, and whether most of them are in use.
import { closeSync, openSync, readFileSync } from 'node:fs';

/** The limit of this process: at its start Node raises the limit to the highest allowed value. */
export const descriptorLimit = Number(/^Max open files\s+(\d+)/m.exec(limits())?.[1] ?? Number.POSITIVE_INFINITY);

function limits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}

/** Throws EMFILE when fewer than `reserve` may be left: the system gives the lowest number that is free. */
export function checkDescriptors(reserve: number): void {
  const lowest = openSync('/dev/null', 'r');
  closeSync(lowest);
  if (lowest < descriptorLimit - reserve) return;
  throw Object.assign(new Error(`descriptor ${lowest} of ${descriptorLimit} is the next one`), { code: 'EMFILE' });
}
