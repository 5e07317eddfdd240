// Input adapter `typed`, for interactive runs whatever the definition's adapter: a stdin that stays open, or a terminal, which is stdin too.
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import type { InputAdapter } from '../io/input-adapter.js';
import type { RunContext } from '../run/run-context.js';

/** Takes the place of the definition's choice; a definition cannot name this adapter. */
export const typedChoice: ChosenAdapter = { kind: 'typed', parameters: {} };

export const typedInput: InputAdapter = {
  prepare: async ({ order }: RunContext) => (order.interactive?.terminal ? 'empty' : 'held'),
  deliver: async () => {},
};
