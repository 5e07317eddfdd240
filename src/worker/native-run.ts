// One run of the native launcher, as the server sees it: what the launcher reports, and what the launcher is asked to do.
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { signalNumber } from '../model/signal-numbers.js';
import { type EndedRun, errnoName, readEnded } from './exit-record.js';
import { FollowedLog } from './followed-log.js';
import { LaunchError, type LaunchedProcess, type LogReader, type ProcessEnd, type StopHow, type TerminalSize } from './launcher.js';
import type { FrameFields, FrameValue } from './launcher-frames.js';
import { startFailure } from './start-failure.js';

/** Sends requests to the launcher, or to the process that is left of the run when the launcher is gone. */
export interface RunLine {
  send(values: FrameValue[], rest?: Buffer): void;
  launcherPid(): number;
}

export class NativeRun implements LaunchedProcess {
  pid = 0;
  startedAtMs = 0;
  note: string;
  stdin: Writable | null = null;
  readonly ended: Promise<ProcessEnd>;
  readonly stopping: Promise<void>;
  /** Resolves once the program runs or has ended; rejects with LaunchError. */
  readonly launched: Promise<LaunchedProcess>;
  /** True once the frame of the run's end, or its exit record, was seen. */
  over = false;
  /** The stdin that the launcher holds open for the program; for a run that is found again only `held` is possible. */
  private readonly input: 'live' | 'held' | null;
  private readonly log: FollowedLog;
  private resolveEnded: (end: ProcessEnd) => void;
  private resolveStopping: () => void;
  private resolveLaunched: (run: LaunchedProcess) => void;
  private rejectLaunched: (error: LaunchError) => void;

  constructor(
    readonly runId: string,
    private readonly line: RunLine,
    { logPath, note = '', stdin = null }: { logPath: string; note?: string; stdin?: 'live' | 'held' | null },
  ) {
    this.note = note;
    this.input = stdin;
    this.log = new FollowedLog(logPath, () => line.send(['follow', runId]));
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.stopping = new Promise((resolve) => {
      this.resolveStopping = resolve;
    });
    this.launched = new Promise((resolve, reject) => {
      this.resolveLaunched = resolve;
      this.rejectLaunched = reject;
    });
    this.launched.catch(() => {});
  }

  openLog(): LogReader {
    return this.log.open();
  }

  stop({ signal, graceMs }: StopHow): void {
    if (this.over) return;
    const number = signal === undefined ? 0 : signalNumber(signal);
    this.line.send(['stop', this.runId, number, graceMs === undefined ? -1 : Math.ceil(graceMs)]);
    this.resolveStopping();
  }

  signal(name: string): void {
    if (!this.over) this.line.send(['signal', this.runId, signalNumber(name)]);
  }

  type(bytes: Buffer): void {
    if (!this.over) this.line.send(['data', this.runId], bytes);
  }

  resize({ rows, columns }: TerminalSize): void {
    if (!this.over) this.line.send(['resize', this.runId, rows, columns]);
  }

  closeInput(): void {
    if (!this.stdin || this.stdin.closed) return this.letGoOfInput();
    this.stdin.once('close', () => this.letGoOfInput());
    this.stdin.end();
  }

  release(): void {
    this.line.send(['forget', this.runId]);
  }

  /** Takes a frame of the launcher about this run; `name` is the frame's name. */
  hear(name: string, fields: FrameFields): void {
    if (name === 'log') this.grown(fields.number());
    else if (name === 'stopping') this.resolveStopping();
    else if (name === 'ended') this.end(readEnded(fields));
    else if (name === 'failed') this.fail(errnoName(fields.number()), fields.text());
    else if (name === 'enclosed' || name === 'started' || name === 'running') this.begin(name, fields);
  }

  grown(logBytes: number): void {
    this.log.grown(logBytes);
  }

  end({ end, note, logBytes }: EndedRun): void {
    if (this.over) return;
    this.over = true;
    this.dropInput();
    this.startedAtMs = end.startedAtMs;
    this.note = note;
    this.log.end(logBytes, end.log);
    this.resolveLaunched(this);
    this.resolveEnded(end);
  }

  /** Drops stdin because nobody reads it any more: a pipe that is only written does not report that by itself. */
  dropInput(): void {
    this.stdin?.destroy();
    this.stdin = null;
  }

  /** The run continues without its launcher, and is followed by other means than frames. */
  adopted(): void {
    this.resolveLaunched(this);
  }

  fail(errno: string, stage: string): void {
    this.over = true;
    this.dropInput();
    this.rejectLaunched(new LaunchError(errno, startFailure(errno, stage), stage));
  }

  /** The init sends 0 for its pid and -1 for stdin: then the earlier values of the launcher are valid. */
  private begin(name: string, fields: FrameFields): void {
    const [startedAtMs, pid, input] = [fields.number(), fields.number(), fields.number()];
    if (pid > 0) this.pid = pid;
    if (input >= 0 && this.input && !this.stdin && !this.over) this.openStdin(input);
    if (name === 'enclosed') return;
    this.startedAtMs = startedAtMs;
    if (name === 'running') this.note = fields.text();
    this.resolveLaunched(this);
  }

  /** The launcher holds the pipe open until the message is whole. The server opens the pipe anew through /proc, by the launcher's descriptor. */
  private openStdin(input: number): void {
    try {
      const fd = openSync(`/proc/${this.line.launcherPid()}/fd/${input}`, constants.O_WRONLY | constants.O_NONBLOCK);
      this.stdin = new Socket({ fd, readable: false, writable: true });
      this.stdin.on('error', () => {});
      if (this.input === 'live') this.stdin.once('close', () => this.letGoOfInput());
    } catch {
      // the program has closed its stdin, or has ended: it does not take the message
      this.letGoOfInput();
    }
  }

  private letGoOfInput(): void {
    if (!this.over) this.line.send(['close-input', this.runId]);
  }
}
