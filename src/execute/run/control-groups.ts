// Control groups of runs with limits: memory and processes of a whole tree, where the system lets us create groups (cgroup v2, or v1).
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeLimits } from './limits.js';
import { type CgroupPlace, ownCgroup } from './own-cgroup.js';

/** How often to try to remove a group: its last processes are still being reaped. */
const removalLooks = 40;
const removalPauseMs = 25;

/** The limit of the trial, in bytes or processes. */
const trialLimit = '1000000';

/** One controller: the folder in which runs get their groups, and the file of a group that sets the limit. */
interface Controller {
  folder: string;
  file: string;
  limit: keyof TreeLimits;
}

const files = {
  v1: { memory: 'memory.limit_in_bytes', pids: 'pids.max' },
  v2: { memory: 'memory.max', pids: 'pids.max' },
} as const;

/** Files of v2 and of v1 that say how often a process was ended for its memory. */
const memoryEvents = ['memory.events', 'memory.oom_control'];

const limitOf = { memory: 'memoryBytes', pids: 'processes' } as const;
const names = ['memory', 'pids'] as const;

export class ControlGroups {
  /** The folders of earlier servers. */
  private readonly left: string[];

  private constructor(private readonly controllers: Controller[]) {
    const folders = new Set(controllers.map(({ folder }) => folder));
    this.left = [...folders].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  }

  /** For a server whose runs get no control groups. */
  static none(): ControlGroups {
    return new ControlGroups([]);
  }

  /** `name`: of our own folder, below the group that the server is in. Without the right to create this folder, runs get no groups. */
  static find(name: string): ControlGroups {
    const controllers = names.flatMap((controller) => {
      const folder = ownCgroup(controller);
      if (!folder) return [];
      const found = { folder: join(folder.path, name), file: files[folder.version][controller], limit: limitOf[controller] };
      return isUsable(found, folder, controller) ? [found] : [];
    });
    return new ControlGroups(controllers);
  }

  /** Which limits can be set for whole trees of processes. */
  get limits(): string[] {
    return this.controllers.map(({ limit }) => limit);
  }

  /** Creates the groups that the limits of a run require. Returns the files to which the program writes its own pid. */
  enter(runId: string, limits: TreeLimits): string[] {
    return this.controllers.flatMap(({ folder, file, limit }) => {
      const value = limits[limit];
      if (value === undefined) return [];
      const group = join(folder, runId);
      mkdirSync(group, { recursive: true });
      writeFileSync(join(group, file), String(value));
      return [join(group, 'cgroup.procs')];
    });
  }

  /** Whether the kernel has ended a process of the run for its memory; before `leave`. */
  ranOutOfMemory(runId: string, limits: TreeLimits): boolean {
    const memory = this.controllers.find(({ limit }) => limit === 'memoryBytes');
    if (!memory || limits.memoryBytes === undefined) return false;
    const group = join(memory.folder, runId);
    return memoryEvents.some((file) => /^oom_kill [1-9]/m.test(readOr(join(group, file), '')));
  }

  /** The run has ended: what is left in its groups is killed, and they are removed. */
  async leave(runId: string, limits: TreeLimits): Promise<void> {
    const entered = this.controllers.filter(({ limit }) => limits[limit] !== undefined);
    for (const folder of new Set(entered.map((one) => one.folder))) {
      const group = join(folder, runId);
      for (let looks = 0; looks < removalLooks && !remove(group); looks++) {
        killAll(group);
        await new Promise((resolve) => setTimeout(resolve, removalPauseMs));
      }
    }
  }

  /** Removes the unused groups of an earlier server, once it is known which of its runs continue: until then a group says why its run has ended. */
  removeLeft(): void {
    for (const group of this.left) remove(group);
  }

  /** Removes our own folders, once no run uses them any more. */
  close(): void {
    for (const { folder } of this.controllers) remove(folder);
  }
}

/** Whether the controller can be used: creates our folder and a group in it, and sets a limit. */
function isUsable({ folder, file }: Controller, { path, version }: CgroupPlace, controller: string): boolean {
  const trial = join(folder, 'trial');
  try {
    mkdirSync(folder, { recursive: true });
    if (version === 'v2') for (const parent of [path, folder]) writeFileSync(join(parent, 'cgroup.subtree_control'), `+${controller}`);
    mkdirSync(trial, { recursive: true });
    writeFileSync(join(trial, file), trialLimit);
    return remove(trial);
  } catch {
    remove(trial);
    remove(folder);
    return false;
  }
}

/** True when the group is gone. A group is a folder whose files cannot be removed one by one. */
function remove(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function killAll(group: string): void {
  try {
    writeFileSync(join(group, 'cgroup.kill'), '1', { flag: 'r+' });
  } catch {
    for (const pid of readProcesses(group)) killOne(pid);
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}

/** The pids of a group as this process sees them; 0 stands for a process that is invisible here. */
function readProcesses(group: string): number[] {
  return readOr(join(group, 'cgroup.procs'), '').split('\n').map(Number).filter(Boolean);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // the process is gone meanwhile
  }
}
