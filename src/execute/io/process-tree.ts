// Which processes belong to a run, and what they have open, as /proc shows it.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** `pid` and the processes that descend from it or share its session; a process that has left both is missing. */
export function processesOf(pid: number): number[] {
  const known = new Map<number, { parent: number; session: number }>();
  for (const name of readdirSync('/proc')) {
    const one = Number(name);
    const stat = Number.isInteger(one) ? relationsOf(one) : null;
    if (stat) known.set(one, stat);
  }
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [one, { parent, session }] of known) if (found.has(parent) || session === pid) found.add(one);
  }
  return [...found];
}

function relationsOf(pid: number): { parent: number; session: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), session: Number(session) };
  } catch {
    return null;
  }
}

/** What the descriptors of these processes lead to, as `socket:[123]` or a path; null when we may look at none of them. */
export function openTargets(pids: number[]): Set<string> | null {
  const all = pids.map((pid) => descriptorsOf(pid)?.map((path) => attempt(() => readlinkSync(path))));
  const seen = all.filter((targets) => targets !== undefined);
  return seen.length === 0 ? null : new Set(seen.flat().filter((target) => target !== undefined));
}

/** Whether one of these processes has this file open. */
export function haveOpen(pids: number[], file: { dev: number; ino: number }): boolean {
  return pids
    .flatMap((pid) => descriptorsOf(pid) ?? [])
    .some((path) => {
      const found = attempt(() => statSync(path));
      return found?.ino === file.ino && found.dev === file.dev;
    });
}

function descriptorsOf(pid: number): string[] | undefined {
  return attempt(() => readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`));
}

/** Undefined when the process is gone, or not ours to look at. */
function attempt<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
