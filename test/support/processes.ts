// What tests ask /proc: which processes run, which a run has left, which launcher serves a folder and what it holds; and kills by pid.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of /proc; empty when the process is gone or closed to us. */
export function readProc(pid: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** The processes with this text in their command line or environment; a zombie has neither. */
export function marked(mark: string): number[] {
  return pids().filter((pid) => pid !== process.pid && (readProc(pid, 'cmdline') + readProc(pid, 'environ')).includes(mark));
}

/** The inits that still stand for one of these runs. */
export function initsOf(runIds: string[]): number[] {
  const known = new Set(runIds);
  return pids().filter((pid) => known.has(/^procreg-init ([^\0]+)/.exec(readProc(pid, 'cmdline'))?.[1] ?? ''));
}

/** The pids whose command line has this text; zombies have none. */
export function processesWith(text: string): number[] {
  return pids().filter((pid) => readProc(pid, 'cmdline').includes(text));
}

export function initOf(runId: string): number | undefined {
  return processesWith(`procreg-init ${runId}`)[0];
}

/** The launcher of this DATA_DIR; undefined when there is none. An init that has not taken its name yet is its child. */
export function launcherOf(dataDir: string): number | undefined {
  const named = processesWith(`\0${join(dataDir, 'runs')}\0`).filter((pid) => readProc(pid, 'cmdline').startsWith('procreg-launcher\0'));
  return named.find((pid) => !named.includes(Number(statOf(pid)?.[1])));
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

/** The fields of its stat from the state on; undefined when it is gone. */
function statOf(pid: number): string[] | undefined {
  const stat = readProc(pid, 'stat');
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The direct children, zombies too, each with its state. */
export function childrenOf(pid: number): { pid: number; state: string }[] {
  return pids().flatMap((child) => {
    const [state, parent] = statOf(child) ?? [];
    return Number(parent) === pid ? [{ pid: child, state }] : [];
  });
}

export const zombiesOf = (pid: number) => childrenOf(pid).filter(({ state }) => state === 'Z');

export const descriptorsOf = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

/** `VmHWM` is the peak, `VmRSS` what it is now. */
export const memoryBytes = (pid: number, field: 'VmHWM' | 'VmRSS') =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readProc(pid, 'status'))?.[1] ?? 0) * 1024;

/** What is still there after this time, looked at again and again until it is nothing; also for use in concurrent tests. */
export async function leftAfter<One>(withinMs: number, look: () => One[]): Promise<One[]> {
  const untilMs = performance.now() + withinMs;
  for (let left = look(); ; left = look()) {
    if (left.length === 0 || performance.now() >= untilMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
