// Names of signals and their numbers: those that the system names, and realtime signals, which it does not.
import { expect, test } from 'vitest';
import { signalNumber } from '../../src/model/signal-numbers.js';

test.each([
  ['SIGKILL', 9],
  ['SIGTERM', 15],
  ['SIG34', 34],
  ['SIG40', 40],
  ['SIG64', 64],
])('%s is %i', (name, number) => {
  expect(signalNumber(name)).toBe(number);
});

test.each(['SIG0', 'SIG65', 'SIG', 'SIG4x', 'SIGNOTHING', '9', '', 'toString'])("'%s' is not the name of a signal", (name) => {
  expect(() => signalNumber(name)).toThrow(`unknown signal ${name}`);
});
