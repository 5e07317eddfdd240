// The environment of a program: a clean base, the variables that the server passes on, and those of the definition.
import { expandEnvironment, type PlaceholderValues } from '../../model/arguments.js';
import type { ProcessDefinition } from '../../model/definition.js';
import type { ExecutorSettings } from './executor-settings.js';

/** PATH, HOME, TMPDIR, TRACEPARENT and the TERM of a terminal, then PASS_ENV, then the definition's own variables. */
export function programEnvironment(
  definition: ProcessDefinition,
  values: PlaceholderValues,
  machine: Pick<ExecutorSettings, 'runPath' | 'passedEnvironment'> & { temporary: string; traceparent?: string; hasTerminal?: boolean },
): Record<string, string> {
  const { runPath, temporary, traceparent, passedEnvironment } = machine;
  const base: Record<string, string> = { PATH: runPath, HOME: temporary, TMPDIR: temporary };
  if (traceparent) base.TRACEPARENT = traceparent;
  if (machine.hasTerminal) base.TERM = 'xterm-256color';
  return Object.assign(base, passedEnvironment, definition.environment && expandEnvironment(definition, values));
}
