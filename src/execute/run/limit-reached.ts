// Which of its own limits has ended a program that ended badly: the memory of its processes, or their processor time.
import { constants } from 'node:os';
import type { EndReason } from '../../model/states.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { ControlGroups } from './control-groups.js';
import { type TreeLimits, treeLimits } from './limits.js';
import type { RunContext } from './run-context.js';

const { signals } = constants;

/** With which the kernel ends a program at the limit, and one that does not heed it a second later. */
const atLimit = 'SIGXCPU';
const afterIt = 'SIGKILL';

/** As a shell tells the end of its child. */
const exitCodeOf = (signal: NodeJS.Signals) => 128 + signals[signal];

export type MemoryFailures = Pick<ControlGroups, 'ranOutOfMemory'>;

/** Null: none, as far as anybody can tell. A program that its address space (`limits.memory`) bounds learns of it by itself. */
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
