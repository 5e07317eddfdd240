// What a run leaves to be found by when its launcher is gone: its exit record, its init, its process.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { CodedError } from '../model/coded-error.js';
import { type EndedRun, readRecord } from './exit-record.js';

const clockTickMs = 10;
/** So often, and so far apart, it is looked whether what was killed is gone. */
const goneLooks = 100;
const goneLookMs = 20;
/** The clocks that a start time is computed from agree within this. */
const startToleranceMs = 3000;

interface LeftProgram {
  runId: string;
  pid: number | null;
  startedAtMs: number | null;
}

/** The exit record of a run, or null when there is none. Throws lost when nobody can read it. */
export function exitRecord(runsRoot: string, runId: string): EndedRun | null {
  const path = `${runsRoot}/${runId}/exit`;
  if (!existsSync(path)) return null;
  try {
    return readRecord(readFileSync(path));
  } catch (error) {
    throw new CodedError('lost', `the record of its end cannot be read: ${(error as Error).message}`);
  }
}

/** What the launcher kept for us of a run that it left to itself; empty when there is nothing. */
export function keptNote(runsRoot: string, runId: string): string {
  const path = `${runsRoot}/${runId}/note`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Removes what says how it ended and what it was, and what was asked of it; its log stays. */
export function removeRecoveryFiles(runsRoot: string, runId: string): void {
  for (const name of ['exit', 'note', 'asked']) rmSync(`${runsRoot}/${runId}/${name}`, { force: true });
}

/** Whether a launcher of this folder has begun with the run: written down right before its program starts. */
export function hasBegun(runsRoot: string, runId: string): boolean {
  const path = `${runsRoot}/begun`;
  // the list becomes the old one when it is long: in this order nothing is missed
  return [path, `${path}.old`].some((list) => existsSync(list) && readFileSync(list).includes(`${runId}\n`));
}

/** How much its log holds by now, in bytes. */
export function leftLogBytes(runsRoot: string, runId: string): number {
  try {
    return statSync(`${runsRoot}/${runId}/log`, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

/** The processes that now have one of the launcher's names: command lines by pid. */
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

/** How often, and how soon after each other, inits are looked at that have not yet taken their name. */
const [unnamedLooks, unnamedMs] = [100, 10];

/**
 * Resolves when no init of a launcher of this folder that is gone is without a name, or after a while: one that is just being made stands under
 * that launcher's, one that rests and may be about to hear of its next run under the folder's. `pid` is the launcher of now.
 */
export async function initsNamed(runsRoot: string, pid: number): Promise<void> {
  for (let looks = 0; looks < unnamedLooks && (await hasUnnamedInit(runsRoot, pid)); looks++) await pause(unnamedMs);
}

async function hasUnnamedInit(runsRoot: string, pid: number): Promise<boolean> {
  for (const [other, line] of await ownProcesses()) {
    if (other !== pid && line.includes(`\0${runsRoot}\0`) && parentOf(other) !== pid) return true;
  }
  return false;
}

const titleOf = (runId: string) => `procreg-init ${runId}`;

/** Who asks while a look is under way shares the next one, which sees everything that was there when they asked. */
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

/** Undefined when it is gone. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return undefined;
  }
}

/** From its state on, the third one of proc(5). Throws when it is gone. */
export function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Whether the process `pid` is the one that started at this time, and not another one under its number. */
export function isAlive(pid: number, startedAtMs: number): boolean {
  try {
    const fields = statFields(pid);
    const beganMs = Date.now() - uptime() * 1000 + Number(fields[19]) * clockTickMs;
    return fields[0] !== 'Z' && Math.abs(beganMs - startedAtMs) < startToleranceMs;
  } catch {
    return false;
  }
}

/** Kills what is left of a run that no launcher holds: its init, with which its tree ends, or its bare program with its group. Resolves when it is gone. */
export async function endLeftProcesses(runsRoot: string, { runId, pid, startedAtMs }: LeftProgram): Promise<void> {
  for (let looks = 0; looks < goneLooks && !existsSync(`${runsRoot}/${runId}/exit`); looks++) {
    const init = await findInit(runId);
    const bare = pid && startedAtMs && isAlive(pid, startedAtMs) ? pid : undefined;
    if (init === undefined && bare === undefined) return;
    kill(init ?? -(bare as number));
    await pause(goneLookMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it is gone
  }
}
