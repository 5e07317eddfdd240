// What a program finds in its environment: a clean base, what the server hands on, and what the definition says.
import { expandEnvironment, type PlaceholderValues } from '../protocol/arguments.js';
import type { ProcessDefinition } from '../protocol/definition.js';
import type { ExecutorSettings } from './executor-settings.js';

/** PATH, HOME, TMPDIR and TRACEPARENT, then PASS_ENV, then the definition's own variables. */
export function programEnvironment(
  definition: ProcessDefinition,
  values: PlaceholderValues,
  machine: Pick<ExecutorSettings, 'runPath' | 'passedEnvironment'> & { temporary: string; traceparent?: string },
): Record<string, string> {
  return {
    PATH: machine.runPath,
    HOME: machine.temporary,
    TMPDIR: machine.temporary,
    ...(machine.traceparent && { TRACEPARENT: machine.traceparent }),
    ...machine.passedEnvironment,
    ...expandEnvironment(definition, values),
  };
}
