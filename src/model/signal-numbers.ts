// Finds the number of a signal by its name, as on this system.
import { constants } from 'node:os';

const lastSignal = 64;

/** The number of a signal such as `SIGTERM` or `SIG40` (realtime signals have no other name). Throws a RangeError for an unknown signal. */
export function signalNumber(name: string): number {
  const number = constants.signals[name as NodeJS.Signals] ?? Number(/^SIG([1-9]\d?)$/.exec(name)?.[1]);
  if (!(number <= lastSignal)) throw new RangeError(`unknown signal ${name}`);
  return number;
}
