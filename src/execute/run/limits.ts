// The limits of one run, from its definition and the server's settings.
import { release } from 'node:os';
import type { ProcessDefinition } from '../../model/definition.js';
import { parseSizeBytes } from '../../model/sizes.js';
import type { Launcher, LaunchLevel, LaunchLimits } from '../../worker/launcher.js';
import type { RunUser } from '../directories/run-users.js';

/** What the limits of a definition may be at most. */
export interface LimitBounds {
  processes: number;
  fileBytes: number;
}

/** The limits of a definition that says nothing. */
const usual: LimitBounds = { processes: 1024, fileBytes: 10 * 2 ** 30 };

/** Limits for the whole tree of a run's processes, where there can be control groups. */
export type TreeLimits = Pick<LaunchLimits, 'memoryBytes' | 'processes'>;

/** `ofEach`: of each process; `ofTree`: of all its processes together. */
export interface RunLimits {
  ofEach: LaunchLimits;
  ofTree: TreeLimits;
}

/** What decides how a limit can be applied. */
export interface LimitGround {
  bounds: LimitBounds;
  level: LaunchLevel;
  launcher: Pick<Launcher, 'name'>;
}

/** Since Linux 5.14 the processes of a user are counted in each user namespace by themselves. */
const [major, minor] = release().split('.').map(Number);
const namespacesCount = major > 5 || (major === 5 && minor >= 14);

/** What a definition, with the bounds of the server, comes to. */
export function statedLimits(definition: ProcessDefinition, bounds: LimitBounds): LaunchLimits {
  const { memory, cpu_seconds, processes = usual.processes, open_files, file_size = usual.fileBytes } = definition.limits ?? {};
  return {
    memoryBytes: bytesOf(memory),
    cpuSeconds: cpu_seconds,
    processes: Math.min(processes, bounds.processes),
    openFiles: open_files,
    fileBytes: Math.min(bytesOf(file_size) ?? usual.fileBytes, bounds.fileBytes),
  };
}

/** A control group costs more than a limit of the user's processes, so that a run without a limit of its own has only one of the two. */
export function limitsOf(definition: ProcessDefinition, user: RunUser | null, ground: LimitGround): RunLimits {
  const { processes, file_size } = definition.limits ?? {};
  const stated = statedLimits(definition, ground.bounds);
  // prlimit would hide why a program cannot be started, so that there only limits of the definition apply
  const isNative = ground.launcher.name === 'native';
  const isAlone = countsAlone(user, ground.level);
  return {
    ofEach: {
      ...stated,
      processes: isAlone && (isNative || processes !== undefined) ? stated.processes : undefined,
      fileBytes: isNative || file_size !== undefined ? stated.fileBytes : undefined,
    },
    ofTree: {
      memoryBytes: treeMemoryBytes(definition),
      processes: processes !== undefined || !isAlone ? stated.processes : undefined,
    },
  };
}

export function treeMemoryBytes({ limits }: ProcessDefinition): number | undefined {
  return bytesOf(limits?.tree_memory ?? limits?.memory);
}

/** Whether the kernel counts the run's processes alone, not with others of the same user. */
function countsAlone(user: RunUser | null, level: LaunchLevel): boolean {
  if (user) return user.own ?? false;
  return level === 'pidns' && process.getuid?.() !== 0 && namespacesCount;
}

function bytesOf(size: number | string | undefined): number | undefined {
  return size === undefined ? undefined : parseSizeBytes(size);
}
