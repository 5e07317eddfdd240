// The number of a signal by its name, as the system counts them.
import { constants } from 'node:os';

const lastSignal = 64;

/** Of `SIGTERM`, and of `SIG40`: realtime signals have no other name. Throws a RangeError for what is no signal. */
export function signalNumber(name: string): number {
  const number = constants.signals[name as NodeJS.Signals] ?? Number(/^SIG([1-9]\d?)$/.exec(name)?.[1]);
  if (!(number <= lastSignal)) throw new RangeError(`${name} is no signal`);
  return number;
}
