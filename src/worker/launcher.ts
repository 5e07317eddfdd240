// The launcher contract: start one program, keep what it writes, signal it, learn how it ended, find it again.
import type { Writable } from 'node:stream';

/** What a launcher can apply, weakest first; pidns: a tree of its own that dies with the run, and masked folders. */
export const launchLevels = ['process', 'pidns'] as const;
export type LaunchLevel = (typeof launchLevels)[number];

/**
 * `live`: a pipe that is given as `stdin`, to be ended by its writer; when that breaks off, the run ends as `input_cut`.
 * `held`: a pipe that stays open whatever happens to the server. A file is opened by the launcher; bytes come along.
 */
type LaunchInput = 'empty' | 'live' | 'held' | { file: string } | { bytes: Buffer };

/**
 * `user` null: the server's own; `own` where no other run has it at the same time. `note` comes back with a run that is found
 * again. `masked` are folders that the program finds empty at pidns, but for `kept`, which is its own. `timeoutMs` 0: none.
 */
export interface LaunchSpec {
  runId: string;
  note: string;
  level: LaunchLevel;
  exec: string;
  argv: string[];
  cwd: string;
  environment: Record<string, string>;
  user: { uid: number; gid: number; own?: boolean } | null;
  stdin: LaunchInput;
  terminal: TerminalSize | null;
  /** Named pipes that are made before the start, the run user's own; at most two. */
  pipes: string[];
  /** They stay open until the run has ended, whatever happens to the server: no side sees the other come and go. */
  holdPipes: boolean;
  masked: string[];
  kept: string;
  /** Files to which the program writes itself before it starts (cgroup.procs). */
  cgroups: string[];
  limits: LaunchLimits;
  timeoutMs: number;
  /** With which a stop begins, and a timeout. */
  stopSignal: string;
  graceMs: number;
  /** Of stdout and stderr together; a program that writes more is killed. */
  outputLimitBytes: number;
}

export interface TerminalSize {
  rows: number;
  columns: number;
}

/** Resource limits (setrlimit): bytes of address space, seconds of CPU, processes of the user, open files. */
export interface LaunchLimits {
  memoryBytes?: number;
  cpuSeconds?: number;
  processes?: number;
  openFiles?: number;
}

export interface StreamCount {
  bytes: number;
  /** True when every byte is UTF-8 text without NUL. */
  isText: boolean;
}

/**
 * Exactly one of exitCode and signal is set, or none when the end is `lost`. `reason`: what the launcher itself did to it.
 * `log`: the whole framed log while it is small, else null: then it is the file `log` of the control directory.
 */
export interface ProcessEnd {
  exitCode: number | null;
  signal: string | null;
  reason: 'timeout' | 'stop' | 'output_limit' | 'input_cut' | 'log_failed' | 'lost' | null;
  startedAtMs: number;
  endedAtMs: number;
  usage: { cpuMs: number; maxRssBytes: number } | null;
  stdout: StreamCount;
  stderr: StreamCount;
  log: Buffer | null;
}

/** One reader of a framed log (protocol/log-format), which may still grow. */
export interface LogReader {
  /** How much there is to read now. */
  readonly sizeBytes: number;
  /** True when no more will come. */
  readonly ended: boolean;
  read(offset: number, lengthBytes: number): Promise<Buffer>;
  /** Resolves at the next change after now. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

export interface StopHow {
  signal?: string;
  graceMs?: number;
}

export interface LaunchedProcess {
  /** At pidns the init of the run's processes. */
  readonly pid: number;
  readonly startedAtMs: number;
  readonly note: string;
  /** Null unless the spec says `live` or `held`; of `held` it is there again when the run is found again. */
  readonly stdin: Writable | null;
  /** Resolves when the program has ended, its tree is gone and its log is whole. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when the first signal to stop is sent, by `stop` or at the timeout. */
  readonly stopping: Promise<void>;
  /** To be closed by the reader. */
  openLog(): LogReader;
  /** `signal` (by default that of the spec) to the whole tree, KILL after the grace. */
  stop(how: StopHow): void;
  /** One signal to the program itself. */
  signal(name: string): void;
  /** What is typed at its terminal; more than the terminal takes at once is lost, as on a real line. */
  type(bytes: Buffer): void;
  /** The program reads the end of a `held` stdin, once it has read what was written. */
  closeInput(): void;
  /** Its terminal gets another size, and the program SIGWINCH. */
  resize(size: TerminalSize): void;
  /** The end is recorded elsewhere: the launcher forgets the run. */
  release(): void;
}

/** What its record says of a run that is looked for. */
export interface KnownRun extends Pick<LaunchSpec, 'runId' | 'timeoutMs' | 'stopSignal' | 'graceMs'> {
  pid: number | null;
  startedAtMs: number | null;
}

export interface Launcher {
  readonly name: 'native' | 'child_process';
  /** This very launcher process, so that a later server knows whether it still talks to the same one. */
  readonly instance: string;
  /** Why it can start no program now, in words; null: it can. */
  readonly fault: string | null;
  /** Set by whoever wants to be told when `fault` changes. */
  onFault: (fault: string | null) => void;
  /** Rejects with LaunchError when the program cannot be started; then nothing is left behind. */
  launch(spec: LaunchSpec): Promise<LaunchedProcess>;
  /** A run that an earlier server started: it goes on, or has ended meanwhile; null when nothing is known of it. */
  find(run: KnownRun): Promise<LaunchedProcess | null>;
  /** Of a run that is not found: false when its program surely never started. `instance`: the launcher that had the order. */
  mayHaveBegun(runId: string, instance: string | null): boolean;
  /** Lets go of what runs; with the native launcher it goes on. */
  close(): void;
}

/** A program that could not be started; `errno` is the name of the system's error, `stage` what was being done. */
export class LaunchError extends Error {
  constructor(
    readonly errno: string,
    message: string,
    readonly stage = 'exec',
  ) {
    super(message);
  }
}
