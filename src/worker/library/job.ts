// One program from its start to its end: its process group, how it is stopped, and its exact status.
import { type ChildProcess, spawn } from 'node:child_process';
import { StopTimer } from '../stop-timer.js';
import type { JobReport, JobStatus, StopOptions } from './contract.js';
import type { LogFile } from './log-file.js';
import type { Writer } from './log-reader.js';
import { systemFault } from './system-fault.js';
import { WorkerError } from './worker-error.js';

export interface JobOrder {
  id: string;
  owner: string;
  command: { name: string; args: string[] };
  log: LogFile;
  graceMs: number;
}

/**
 * Starts the program in its own session, with an empty stdin, and both other streams in the file of the descriptor `output`.
 * Rejects with the system's error, such as ENOENT; then nothing was started.
 */
export function startJob(order: JobOrder, output: number): Promise<Job> {
  return new Promise((resolve, reject) => {
    const child = spawn(order.command.name, order.command.args, { detached: true, stdio: ['ignore', output, output] });
    child.on('error', reject);
    // created at once, so that the end of a short program is not missed
    child.once('spawn', () => resolve(new Job(child, order)));
  });
}

export class Job implements Writer {
  readonly whenOver = new Set<() => void>();
  /** Resolves when the program has ended and its process group was killed. */
  readonly ended: Promise<void>;
  /** When the program ended, on the monotonic clock; null while it runs. */
  endedAtMs: number | null = null;
  private readonly pid: number;
  private readonly timer: StopTimer;
  private stopping = false;
  private exitCode: number | null = null;
  private signal: string | null = null;

  constructor(
    private readonly child: ChildProcess,
    readonly order: JobOrder,
  ) {
    this.pid = child.pid as number;
    this.timer = new StopTimer((signal) => this.signalWhatIsLeft(signal), { stopSignal: 'SIGTERM', graceMs: order.graceMs });
    this.timer.onStopping = () => {
      this.stopping = true;
    };
    this.ended = new Promise((resolve) => {
      child.once('exit', (exitCode, signal) => {
        this.end(exitCode, signal);
        resolve();
      });
    });
  }

  get logPath(): string {
    return this.order.log.path;
  }

  get over(): boolean {
    return this.endedAtMs !== null;
  }

  report(): JobReport {
    const { name, args } = this.order.command;
    return { id: this.order.id, status: this.status(), pid: this.pid, exitCode: this.exitCode, command: { name, args: [...args] } };
  }

  /** Returns when the signal is sent. Throws `stop_failed`: ESRCH after the program's end, EPERM when it may not be signalled. */
  stop({ graceful = true, graceMs }: StopOptions): void {
    const signal = graceful ? 'SIGTERM' : 'SIGKILL';
    const what = `failed to send ${signal} to job ${this.order.id}`;
    if (this.over) throw new WorkerError('stop_failed', `${what}: ESRCH, it has ended`, 'ESRCH');
    try {
      process.kill(-this.pid, 0);
    } catch (error) {
      throw systemFault('stop_failed', what, error);
    }
    this.timer.stop({ signal, graceMs });
  }

  /** Lets the caller's process end although this program has not. */
  letGo(): void {
    this.child.unref();
  }

  private status(): JobStatus {
    if (!this.over) return this.stopping ? 'stopping' : 'running';
    if (this.signal === null) return 'exited';
    return this.signal === 'SIGTERM' ? 'terminated' : 'killed';
  }

  private end(exitCode: number | null, signal: string | null): void {
    this.timer.callOff();
    this.signalWhatIsLeft('SIGKILL');
    this.exitCode = exitCode;
    this.signal = signal;
    this.endedAtMs = performance.now();
    for (const tell of this.whenOver) tell();
    this.whenOver.clear();
  }

  private signalWhatIsLeft(signal: string): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // nothing is left of the group
    }
  }
}
