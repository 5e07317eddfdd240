// How large the input of a run may be to be kept with it.
import type { ProcessDefinition } from './definition.js';
import { parseSizeBytes } from './sizes.js';

/** The most bytes that are kept; 0: nothing is kept. */
export function inputBound({ keep }: ProcessDefinition, defaultBytes: number): number {
  return keep?.input === undefined ? defaultBytes : (parseSizeBytes(keep.input) ?? 0);
}
