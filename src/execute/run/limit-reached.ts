// Which of its limits has ended a program that failed: the memory of its processes, their processor time, or the size of a file.
import { constants } from 'node:os';
import type { EndReason } from '../../model/states.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { ControlGroups } from './control-groups.js';
import type { RunContext } from './run-context.js';

const { signals } = constants;

/** The signal by which the kernel ends a program at its CPU limit; a program that ignores it gets KILL a second later. */
const atLimit = 'SIGXCPU';
const afterIt = 'SIGKILL';
/** The signal to a program that goes beyond the size of a file; one that ignores it sees the failure itself. */
const tooLarge = 'SIGXFSZ';

/** The exit code by which a shell reports that a signal ended its child. */
const exitCodeOf = (signal: NodeJS.Signals) => 128 + signals[signal];

export type MemoryFailures = Pick<ControlGroups, 'ranOutOfMemory'>;

/** Null: no limit, as far as the server can tell. A program that reaches its address space (`limits.memory`) sees the failure itself. */
export function limitReached(end: ProcessEnd, { order, limits }: RunContext, groups: MemoryFailures): [EndReason, string] | null {
  const { cpu_seconds, file_size } = order.definition.limits ?? {};
  const { ofEach, ofTree } = limits;
  if (groups.ranOutOfMemory(order.runId, ofTree))
    return [
      'memory_limit',
      `the program was ended because its processes needed more memory than their limit of ${ofTree.memoryBytes} bytes`,
    ];
  if (cpu_seconds !== undefined && usedUp(end, cpu_seconds * 1000))
    return ['cpu_limit', `the program used more processor time than its limit of ${cpu_seconds} s`];
  // without a limit of the definition, an exit code is more likely the program's own
  if (ofEach.fileBytes !== undefined && (file_size === undefined ? end.signal === tooLarge : endedBy(tooLarge, end)))
    return ['file_size_limit', `the program wrote a file larger than its limit of ${ofEach.fileBytes} bytes`];
  return null;
}

/** Also where only the shell around the program says so. */
function endedBy(name: NodeJS.Signals, { exitCode, signal }: ProcessEnd): boolean {
  return signal === name || exitCode === exitCodeOf(name);
}

function usedUp(end: ProcessEnd, limitMs: number): boolean {
  if (endedBy(atLimit, end)) return true;
  return endedBy(afterIt, end) && end.usage !== null && end.usage.cpuMs >= limitMs;
}
