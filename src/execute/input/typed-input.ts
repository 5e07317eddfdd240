// Input of a run that is typed to, whatever its definition's adapter: a stdin that stays open, or a terminal, which is stdin too.
import type { RunStage } from '../run-stage.js';
import type { InputAdapter } from './contract.js';

export const typedInput: InputAdapter = {
  prepare: async ({ order }: RunStage) => (order.interactive?.terminal ? 'empty' : 'held'),
  deliver: async () => {},
};
