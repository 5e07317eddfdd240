// Output adapter `none`: nothing comes out; the answer is the run itself.
import type { OutputAdapter } from '../io/output-adapter.js';

export const noOutput: OutputAdapter = {
  prepare: async () => {},
  collect: async () => null,
};
