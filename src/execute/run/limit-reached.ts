// Which of its limits has ended a program that failed: the memory of its processes, or their processor time.
import { constants } from 'node:os';
import type { EndReason } from '../../model/states.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { ControlGroups } from './control-groups.js';
import { type TreeLimits, treeLimits } from './limits.js';
import type { RunContext } from './run-context.js';

const { signals } = constants;

/** The signal by which the kernel ends a program at its CPU limit; a program that ignores it gets KILL a second later. */
const atLimit = 'SIGXCPU';
const afterIt = 'SIGKILL';

/** The exit code by which a shell reports that a signal ended its child. */
const exitCodeOf = (signal: NodeJS.Signals) => 128 + signals[signal];

export type MemoryFailures = Pick<ControlGroups, 'ranOutOfMemory'>;

/** Null: no limit, as far as the server can tell. A program that reaches its address space (`limits.memory`) sees the failure itself. */
export function limitReached(end: ProcessEnd, { order }: RunContext, groups: MemoryFailures): [EndReason, string] | null {
  const { limits = {} } = order.definition;
  const tree: TreeLimits = treeLimits(order.definition);
  if (groups.ranOutOfMemory(order.runId, tree))
    return ['memory_limit', `the program was ended because its processes needed more memory than their limit of ${tree.memoryBytes} bytes`];
  if (limits.cpu_seconds !== undefined && usedUp(end, limits.cpu_seconds * 1000))
    return ['cpu_limit', `the program used more processor time than its limit of ${limits.cpu_seconds} s`];
  return null;
}

function usedUp({ exitCode, signal, usage }: ProcessEnd, limitMs: number): boolean {
  if (signal === atLimit || exitCode === exitCodeOf(atLimit)) return true;
  return (signal === afterIt || exitCode === exitCodeOf(afterIt)) && usage !== null && usage.cpuMs >= limitMs;
}
