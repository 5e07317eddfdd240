// What the launcher keeps of a run context, so that a later server can continue the run: plain JSON.
import type { PlaceholderValues } from '../../model/arguments.js';
import type { RunUser } from '../directories/run-users.js';
import type { RunContext } from './run-context.js';

export interface ResumeState {
  root: string;
  user: RunUser | null;
  cwd: string;
  /** Missing in the states of older servers. */
  isolation?: string;
  /** The values that the executor added to the order's parameters. */
  values: PlaceholderValues;
  pipes?: string[];
  marks?: Record<string, number>;
}

export function encodeResumeState({ directory, cwd, isolation, values, pipes, marks, order }: RunContext): string {
  const added = Object.entries(values).filter(([name, value]) => order.parameters[name] !== value);
  const { root, user } = directory;
  const state: ResumeState = { root, user, cwd, isolation, values: Object.fromEntries(added), pipes, marks };
  return JSON.stringify(state);
}

export function decodeResumeState(text: string): ResumeState {
  return JSON.parse(text);
}
