// How a run is found when its launcher is gone: by its exit record, its init, or its process.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { CodedError } from '../model/coded-error.js';
import { type EndedRun, readRecord } from './exit-record.js';

const clockTickMs = 10;
/** The clocks from which a start time is computed agree within this tolerance. */
const startToleranceMs = 3000;

/** The exit record of a run, or null when there is none. Throws lost when the record cannot be read. */
export function exitRecord(runsRoot: string, runId: string): EndedRun | null {
  const path = `${runsRoot}/${runId}/exit`;
  if (!existsSync(path)) return null;
  try {
    return readRecord(readFileSync(path));
  } catch (error) {
    throw new CodedError('lost', `the record of its end cannot be read: ${(error as Error).message}`);
  }
}

/** The note of a run that the launcher kept when it left; empty when there is no note. */
export function keptNote(runsRoot: string, runId: string): string {
  const path = `${runsRoot}/${runId}/note`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Removes the exit record of a run, its note, and what its supervisor was asked and said; the log stays. */
export function removeRecoveryFiles(runsRoot: string, runId: string): void {
  for (const name of ['exit', 'note', 'asked', 'starter']) rmSync(`${runsRoot}/${runId}/${name}`, { force: true });
}

/** Whether a launcher of this folder has begun the run: this is recorded right before the program starts. */
export function hasBegun(runsRoot: string, runId: string): boolean {
  const path = `${runsRoot}/begun`;
  // a long list is renamed to the old one: in this order nothing is missed
  return [path, `${path}.old`].some((list) => existsSync(list) && readFileSync(list).includes(`${runId}\n`));
}

/** The current size of the run's log, in bytes. */
export function leftLogBytes(runsRoot: string, runId: string): number {
  try {
    return statSync(`${runsRoot}/${runId}/log`, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

/** The processes that now have a name of the launcher or of its inits: command lines by pid. */
const ownProcesses = shared(async () => {
  const found = new Map<number, string>();
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.startsWith('procreg-')) found.set(Number(name), line);
  }
  return found;
});

/** The pid of the init that supervises the run; undefined when there is none. */
export async function findInit(runId: string): Promise<number | undefined> {
  for (const [pid, line] of await ownProcesses()) if (line.startsWith(titleOf(runId))) return pid;
  return undefined;
}

/** Whether `pid` is still the init of the run. */
export function isInit(pid: number, runId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(titleOf(runId));
  } catch {
    return false;
  }
}

/** How long a supervisor may be without its name on a busy machine, and the first and the longest pause between two looks. */
const [unnamedMs, firstPauseMs, longestPauseMs] = [10_000, 10, 200];

/**
 * Resolves when every init and every starter of an ended launcher of this folder has taken its name, or after a while. A new one still has the
 * launcher's name. An init that rests has the folder's name, and may be about to get its next run; so has a starter that has not yet written down
 * its runs. `pid` is the current launcher.
 */
export async function supervisorsNamed(runsRoot: string, pid: number): Promise<void> {
  const givenUpMs = performance.now() + unnamedMs;
  let pauseMs = firstPauseMs;
  while (performance.now() < givenUpMs && (await hasUnnamed(runsRoot, pid))) {
    await pause(pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 1.1);
  }
}

async function hasUnnamed(runsRoot: string, pid: number): Promise<boolean> {
  for (const [other, line] of await ownProcesses()) {
    if (other !== pid && line.includes(`\0${runsRoot}\0`) && parentOf(other) !== pid) return true;
  }
  return false;
}

const titleOf = (runId: string) => `procreg-init ${runId}`;

/** Callers that ask during a look share the next look, which sees everything that was there when they asked. */
function shared<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<Seen> | null = null;
  return () => {
    next ??= current.then(() => {
      next = null;
      const seen = look();
      current = seen.catch(() => {});
      return seen;
    });
    return next;
  };
}

/** The parent's pid; undefined when the process is gone. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return undefined;
  }
}

/** The fields of /proc/PID/stat from the state on, the third field of proc(5). Throws when the process is gone. */
export function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Whether the process `pid` is the one that started at this time, and not a later process with the same pid. */
export function isAlive(pid: number, startedAtMs: number): boolean {
  try {
    const fields = statFields(pid);
    const beganMs = Date.now() - uptime() * 1000 + Number(fields[19]) * clockTickMs;
    return fields[0] !== 'Z' && Math.abs(beganMs - startedAtMs) < startToleranceMs;
  } catch {
    return false;
  }
}
