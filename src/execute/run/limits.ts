// The limits of one run, from its definition and the server's settings.
import type { ProcessDefinition } from '../../model/definition.js';
import { parseSizeBytes } from '../../model/sizes.js';
import type { LaunchLimits } from '../../worker/launcher.js';

export function launchLimits(definition: ProcessDefinition): LaunchLimits {
  const { memory, cpu_seconds, processes, open_files } = definition.limits ?? {};
  return {
    memoryBytes: memory === undefined ? undefined : parseSizeBytes(memory),
    cpuSeconds: cpu_seconds,
    processes,
    openFiles: open_files,
  };
}

/** Limits for the whole tree of a run's processes, where there can be control groups. */
export type TreeLimits = Pick<LaunchLimits, 'memoryBytes' | 'processes'>;

export function treeLimits(definition: ProcessDefinition): TreeLimits {
  const { memory, tree_memory = memory, processes } = definition.limits ?? {};
  return { memoryBytes: tree_memory === undefined ? undefined : parseSizeBytes(tree_memory), processes };
}
