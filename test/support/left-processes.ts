// What tests see of other processes: who runs, whom a run has left, and what the launcher of a server holds.
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { TestServer } from './server.js';

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

export function launcherOf({ dataDir }: Pick<TestServer, 'dataDir'>): number {
  const found = pids().find(
    (pid) => /^procreg-launcher\0/.test(readProc(pid, 'cmdline')) && readProc(pid, 'cmdline').includes(`\0${dataDir}/`),
  );
  expect(found, `the launcher of ${dataDir}`).toBeDefined();
  return found as number;
}

/** The direct children, zombies too, each with its state. */
export function childrenOf(pid: number): { pid: number; state: string }[] {
  return pids().flatMap((child) => {
    const [state, parent] = readProc(child, 'stat').split(') ').pop()?.split(' ') ?? [];
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
