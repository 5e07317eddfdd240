// A detached run, whose launcher was killed: requests to its supervisor or to its bare program, and the timeout of that program.
import { appendFileSync, mkdirSync } from 'node:fs';
import { signalNumber } from '../model/signal-numbers.js';
import type { LaunchSpec } from './launcher.js';
import { encodeLaunchFrame, type FrameValue } from './launcher-frames.js';
import { isAlive } from './run-recovery.js';
import type { LeftProcess, Supervisor } from './run-supervisor.js';

/** The launch options that still apply without the launcher. */
export type DetachedRunOptions = Pick<LaunchSpec, 'runId' | 'timeoutMs' | 'stopSignal' | 'graceMs'>;

/** The requests that a supervisor carries out without its launcher, too. */
const asked = ['stop', 'signal', 'resize', 'close-input'];

export class DetachedRun {
  private killAtMs = Number.POSITIVE_INFINITY;
  private isLate = false;

  constructor(
    private readonly left: LeftProcess,
    private readonly terms: DetachedRunOptions,
    private readonly runsRoot: string,
  ) {}

  /** Whether its end may still come: from the supervisor, or that of a bare program. A bare program is told apart from another process with its pid by its start time. */
  lives(startedAtMs: number): boolean {
    return this.left.supervisor ? this.left.supervisor.lives() : isAlive(this.left.pid, startedAtMs);
  }

  /** Never throws: a run whose supervisor cannot be asked to stop is killed. */
  say(values: FrameValue[]): void {
    const [name, , signal, graceMs] = values;
    if (this.left.supervisor) this.askOrKill(values, this.left.supervisor);
    else if (name === 'stop') this.stop(Number(signal), Number(graceMs));
    else if (name === 'signal') signalTo(this.left.pid, Number(signal));
  }

  /** Applies the timeout of a bare program; to be called again and again while the program lives. */
  keepTime(startedAtMs: number): void {
    if (this.left.supervisor) return;
    const { timeoutMs } = this.terms;
    if (timeoutMs > 0 && !this.isLate && Date.now() >= startedAtMs + timeoutMs) {
      this.isLate = true;
      this.stop(0, -1);
    }
    // the program may have left its group
    if (Date.now() >= this.killAtMs) for (const pid of [-this.left.pid, this.left.pid]) signalTo(pid, 'SIGKILL');
  }

  /** Stops the run; a signal of 0 or a grace of -1 stands for what the definition says. */
  private stop(signal: number, graceMs: number): void {
    signalTo(-this.left.pid, signal || signalNumber(this.terms.stopSignal));
    this.killAtMs = Math.min(this.killAtMs, Date.now() + (graceMs < 0 ? this.terms.graceMs : graceMs));
  }

  private askOrKill(values: FrameValue[], supervisor: Supervisor): void {
    try {
      this.ask(values, supervisor);
    } catch {
      if (values[0] === 'stop') signalTo(supervisor.killPid, 'SIGKILL');
    }
  }

  /** Asks the supervisor by appending to a file that it reads (native/launcher/asked.c). */
  private ask(values: FrameValue[], supervisor: Supervisor): void {
    if (!asked.includes(String(values[0]))) return;
    const folder = `${this.runsRoot}/${this.terms.runId}`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    appendFileSync(`${folder}/asked`, encodeLaunchFrame(values), { mode: 0o600 });
    signalTo(supervisor.pid, 'SIGUSR1');
  }
}

function signalTo(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // the process is gone
  }
}
