// Input of a run that is typed to, whatever its definition's adapter: a stdin that stays open, or a terminal, which is stdin too.
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import type { InputAdapter } from '../io/input-adapter.js';
import type { RunContext } from '../run/run-context.js';

/** Stands where a choice of the definition would; that one can name no such adapter. */
export const typedChoice: ChosenAdapter = { kind: 'typed', parameters: {} };

export const typedInput: InputAdapter = {
  prepare: async ({ order }: RunContext) => (order.interactive?.terminal ? 'empty' : 'held'),
  deliver: async () => {},
};
