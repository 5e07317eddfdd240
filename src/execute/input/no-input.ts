// Input adapter `none`: no message; stdin is empty.
import type { InputAdapter } from './contract.js';

export const noInput: InputAdapter = {
  prepare: async () => 'empty',
  deliver: async () => {},
};
