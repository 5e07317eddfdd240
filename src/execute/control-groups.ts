// Control groups of runs with limits: memory and processes of a whole tree, where the system lets us make groups (cgroup v2, or v1).
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeLimits } from './limits.js';
import { type CgroupPlace, ownCgroup } from './own-cgroup.js';

/** How often, and after how long, a group is tried to be removed: its last processes are still being reaped. */
const removalLooks = 40;
const removalPauseMs = 25;

/** As many bytes, or processes. */
const trialLimit = '1000000';

/** One controller: in which folder runs get theirs, and which file of it says how much. */
interface Controller {
  folder: string;
  file: string;
  limit: keyof TreeLimits;
}

const files = {
  v1: { memory: 'memory.limit_in_bytes', pids: 'pids.max' },
  v2: { memory: 'memory.max', pids: 'pids.max' },
} as const;

const limitOf = { memory: 'memoryBytes', pids: 'processes' } as const;
const names = ['memory', 'pids'] as const;

export class ControlGroups {
  private constructor(private readonly controllers: Controller[]) {}

  /** For runs that get none. */
  static none(): ControlGroups {
    return new ControlGroups([]);
  }

  /** `name`: of our own folder, below the group that the server is in. Without rights to make it, runs get no groups. */
  static find(name: string): ControlGroups {
    const controllers = names.flatMap((controller) => {
      const folder = ownCgroup(controller);
      if (!folder) return [];
      const found = { folder: join(folder.path, name), file: files[folder.version][controller], limit: limitOf[controller] };
      return isUsable(found, folder, controller) ? [found] : [];
    });
    for (const folder of new Set(controllers.map((one) => one.folder))) for (const left of readdirSync(folder)) remove(join(folder, left));
    return new ControlGroups(controllers);
  }

  /** What whole trees of processes can be limited in. */
  get limits(): string[] {
    return this.controllers.map(({ limit }) => limit);
  }

  /** Makes the groups that the limits of a run ask for. Returns the files to which its program writes itself. */
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

  /** Our own folders, once no run uses them any more. */
  close(): void {
    for (const { folder } of this.controllers) remove(folder);
  }
}

/** Tried by making our folder, and a group in it, and setting a limit. */
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

/** True when it is not there any more. A group is a folder whose files are not its own to remove. */
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

/** As they are numbered here; 0 is one that this process cannot see. */
function readProcesses(group: string): number[] {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone meanwhile
  }
}
