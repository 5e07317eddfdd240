// One program that Node started: its log, its output limit, its timeout, its end.
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { readUntilDrained } from './drain.js';
import { GrowingLog } from './growing-log.js';
import { LaunchError, type LaunchedProcess, type LaunchSpec, type LogReader, type ProcessEnd, type StopHow } from './launcher.js';
import type { OutputStream } from './log-frames.js';
import { StopTimer } from './stop-timer.js';
import { StreamCounter } from './stream-counts.js';

/** Why a run of this launcher takes neither interactive input nor a terminal size. */
export const noTerminal = () => new LaunchError('ENOSYS', 'a terminal needs the native launcher', 'terminal');

type Exit = Pick<ProcessEnd, 'exitCode' | 'signal'>;

export class ChildRun implements LaunchedProcess {
  readonly pid: number;
  readonly startedAtMs = Date.now();
  readonly note: string;
  readonly stdin: Writable | null;
  readonly ended: Promise<ProcessEnd>;
  readonly stopping: Promise<void>;
  private readonly log: GrowingLog;
  private readonly counters = { stdout: new StreamCounter(), stderr: new StreamCounter() };
  private readonly timer: StopTimer;
  private reason: ProcessEnd['reason'] = null;
  private roomBytes: number;

  constructor(
    private readonly child: ChildProcess,
    spec: LaunchSpec,
    logPath: string,
  ) {
    this.pid = child.pid as number;
    this.note = spec.note;
    this.stdin = child.stdin;
    this.roomBytes = spec.outputLimitBytes;
    this.log = new GrowingLog(logPath);
    this.timer = new StopTimer((signal) => this.killGroup(signal), spec);
    this.stopping = new Promise((resolve) => {
      this.timer.onStopping = resolve;
    });
    this.timer.startTimeout(spec.timeoutMs);
    child.stdin?.on('error', () => {});
    this.ended = this.follow();
  }

  openLog(): LogReader {
    return this.log.open();
  }

  stop(how: StopHow): void {
    if (!this.timer.over && !this.timer.timedOut) this.reason ??= 'stop';
    this.timer.stop(how);
  }

  signal(name: string): void {
    this.child.kill(name as NodeJS.Signals);
  }

  /** Kills the program at once, without a grace period. */
  kill(): void {
    if (!this.timer.over) this.killGroup('SIGKILL');
  }

  type(): void {
    throw noTerminal();
  }

  resize(): void {
    throw noTerminal();
  }

  closeInput(): void {
    this.child.stdin?.end();
  }

  release(): void {
    this.log.release().catch(() => {});
  }

  private async follow(): Promise<ProcessEnd> {
    const exited = this.exit();
    await Promise.all([this.keep('stdout', exited), this.keep('stderr', exited)]);
    const { exitCode, signal } = await exited;
    const log = await this.log.end();
    return {
      exitCode,
      signal,
      reason: this.timer.timedOut ? 'timeout' : this.reason,
      startedAtMs: this.startedAtMs,
      endedAtMs: Date.now(),
      usage: null,
      stdout: this.counters.stdout.count,
      stderr: this.counters.stderr.count,
      log,
    };
  }

  private exit(): Promise<Exit> {
    return new Promise((resolve) => {
      this.child.once('exit', (exitCode, signal) => {
        this.timer.callOff();
        this.killGroup('SIGKILL');
        resolve({ exitCode, signal });
      });
    });
  }

  private async keep(stream: OutputStream, exited: Promise<Exit>): Promise<void> {
    const source = this.child[stream];
    if (!source) return;
    try {
      for await (const chunk of readUntilDrained(source, exited)) await this.add(stream, chunk);
    } catch {
      this.fail('log_failed');
    }
  }

  /** What exceeds the limit is thrown away, and the program is ended. */
  private async add(stream: OutputStream, chunk: Buffer): Promise<void> {
    const bytes = chunk.length > this.roomBytes ? chunk.subarray(0, this.roomBytes) : chunk;
    this.roomBytes -= bytes.length;
    if (bytes.length > 0) {
      this.counters[stream].add(bytes);
      await this.log.append(stream, Date.now(), bytes);
    }
    if (bytes.length < chunk.length) this.fail('output_limit');
  }

  private fail(reason: ProcessEnd['reason']): void {
    if (!this.timer.timedOut) this.reason ??= reason;
    this.killGroup('SIGKILL');
  }

  /** The group's leader is the program itself: `detached` gave the program its own session. */
  private killGroup(signal: string): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // the group is gone
    }
  }
}
