// Which process supervises a run whose launcher is gone, applies its timeout and records its end: its init, or the starter of its program.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { findInit, isAlive, isInit } from './run-recovery.js';

/** How many looks, at equal intervals, are taken whether killed processes are gone. */
const goneLooks = 100;
const goneLookMs = 20;

interface LeftProgram {
  runId: string;
  pid: number | null;
  startedAtMs: number | null;
}

export interface Supervisor {
  /** The process that can be asked. */
  pid: number;
  /** The process of the run: its init, or its program. */
  processPid: number;
  /** To be given to kill(2): what ends the whole run. */
  killPid: number;
  /** Undefined: unknown until the end is recorded. */
  startedAtMs?: number;
  lives(): boolean;
}

/** What is left of a run without its launcher. */
export interface LeftProcess {
  pid: number;
  /** Undefined: only the bare program is left. */
  supervisor?: Supervisor;
}

/** What is left of the run; undefined: nothing that can be found. */
export async function findLeft(runsRoot: string, { runId, pid, startedAtMs }: LeftProgram): Promise<LeftProcess | undefined> {
  const supervisor = await findSupervisor(runsRoot, runId);
  if (supervisor) return { pid: supervisor.processPid, supervisor };
  return pid && startedAtMs && isAlive(pid, startedAtMs) ? { pid } : undefined;
}

async function findSupervisor(runsRoot: string, runId: string): Promise<Supervisor | undefined> {
  const pid = await findInit(runId);
  if (pid === undefined) return findStarter(runsRoot, runId);
  return { pid, processPid: pid, killPid: pid, lives: () => isInit(pid, runId) };
}

/** A starter whose launcher has gone writes down which runs it has (native/launcher/output.c). */
function findStarter(runsRoot: string, runId: string): Supervisor | undefined {
  const [pid, processPid, startedAtMs] = readOrNothing(`${runsRoot}/${runId}/starter`).split(' ').map(Number);
  const lives = () => readOrNothing(`/proc/${pid}/cmdline`).startsWith('procreg-starter\0');
  return pid > 0 && lives() ? { pid, processPid, killPid: -processPid, startedAtMs, lives } : undefined;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Kills what is left of a run that no launcher holds: its init, with which its tree ends, or its program with its group. Resolves when these processes are gone. */
export async function endLeftProcesses(runsRoot: string, program: LeftProgram): Promise<void> {
  for (let looks = 0; looks < goneLooks && !existsSync(`${runsRoot}/${program.runId}/exit`); looks++) {
    const left = await findLeft(runsRoot, program);
    if (!left) return;
    kill(left.supervisor?.killPid ?? -left.pid);
    await pause(goneLookMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // the process is gone
  }
}
