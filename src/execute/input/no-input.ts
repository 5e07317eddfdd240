// Input adapter `none`: no message; stdin is empty.
import type { InputAdapter } from '../io/input-adapter.js';

export const noInput: InputAdapter = {
  prepare: async () => 'empty',
  deliver: async () => {},
};
