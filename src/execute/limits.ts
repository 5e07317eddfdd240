// The limits of one run, from its definition and the server's settings.
import type { ProcessDefinition } from '../protocol/definition.js';
import { parseSizeBytes } from '../protocol/sizes.js';
import type { LaunchLimits } from '../worker/launcher.js';

export function launchLimits(definition: ProcessDefinition): LaunchLimits {
  const { memory, cpu_seconds, processes, open_files } = definition.limits ?? {};
  return {
    memoryBytes: memory === undefined ? undefined : parseSizeBytes(memory),
    cpuSeconds: cpu_seconds,
    processes,
    openFiles: open_files,
  };
}
