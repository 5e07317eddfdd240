// What a program finds in its environment: a clean base, what the server hands on, and what the definition says.
import { expandEnvironment, type PlaceholderValues } from '../protocol/arguments.js';
import type { ProcessDefinition } from '../protocol/definition.js';
import type { ExecutorSettings } from './executor-settings.js';

/** PATH, HOME, TMPDIR, TRACEPARENT and the TERM of a terminal, then PASS_ENV, then the definition's own variables. */
export function programEnvironment(
  definition: ProcessDefinition,
  values: PlaceholderValues,
  machine: Pick<ExecutorSettings, 'runPath' | 'passedEnvironment'> & { temporary: string; traceparent?: string; hasTerminal?: boolean },
): Record<string, string> {
  return {
    PATH: machine.runPath,
    HOME: machine.temporary,
    TMPDIR: machine.temporary,
    ...(machine.traceparent && { TRACEPARENT: machine.traceparent }),
    ...(machine.hasTerminal && { TERM: 'xterm-256color' }),
    ...machine.passedEnvironment,
    ...expandEnvironment(definition, values),
  };
}
