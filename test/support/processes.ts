// What tests ask /proc: which launcher serves a folder, which init a run has, what still carries a mark; and kills by pid.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pids whose command line has this text; zombies have none. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(text))
    .map(Number);
}

/** The launcher of this DATA_DIR; undefined when there is none. An init that has not taken its name yet is its child. */
export function launcherOf(dataDir: string): number | undefined {
  const named = processesWith(`\0${join(dataDir, 'runs')}\0`).filter((pid) => commandLine(pid).startsWith('procreg-launcher\0'));
  return named.find((pid) => !named.includes(parentOf(pid) ?? 0));
}

export function initOf(runId: string): number | undefined {
  return processesWith(`procreg-init ${runId}`)[0];
}

/** False also for a zombie, which runs nothing any more. */
export function runs(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** KILL to one process; false when it is gone already. */
export function kill9(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function parentOf(pid: number): number | undefined {
  const fields = statOf(pid);
  return fields && Number(fields[1]);
}

/** From the state on. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function commandLine(pid: number | string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
