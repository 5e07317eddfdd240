// The environment of a program: a clean base, the variables that the server passes on, and those of the definition.
import { expandEnvironment, type PlaceholderValues } from '../../model/arguments.js';
import type { ProcessDefinition } from '../../model/definition.js';
import type { ExecutorSettings } from './executor-settings.js';

interface Surroundings extends Pick<ExecutorSettings, 'runPath' | 'passedEnvironment'> {
  temporary: string;
  /** The user of the machine as whom the program runs; the home only where the program can see it. */
  user?: { name: string; home?: string };
  traceparent?: string;
  hasTerminal?: boolean;
}

/** PATH, HOME, TMPDIR, USER and LOGNAME of `run_as`, TRACEPARENT and the TERM of a terminal, then PASS_ENV, then the definition's own variables. */
export function programEnvironment(
  definition: ProcessDefinition,
  values: PlaceholderValues,
  machine: Surroundings,
): Record<string, string> {
  const { runPath, temporary, user, traceparent, passedEnvironment } = machine;
  const base: Record<string, string> = { PATH: runPath, HOME: user?.home ?? temporary, TMPDIR: temporary };
  if (user) Object.assign(base, { USER: user.name, LOGNAME: user.name });
  if (traceparent) base.TRACEPARENT = traceparent;
  if (machine.hasTerminal) base.TERM = 'xterm-256color';
  return Object.assign(base, passedEnvironment, definition.environment && expandEnvironment(definition, values));
}

/** A sandbox shows no home: its program has the run's own folder as HOME, as every other. */
export function seenUser({ name, home }: { name: string; home: string }, inSandbox: boolean): { name: string; home?: string } {
  return inSandbox ? { name } : { name, home };
}
