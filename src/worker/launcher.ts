// The launcher contract: start a program, keep its output, send it signals, learn how it ended, find it again.
import type { Writable } from 'node:stream';

/** What a launcher can apply, weakest first; pidns: a separate process tree that dies with the run, and masked folders. */
export const launchLevels = ['process', 'pidns'] as const;
export type LaunchLevel = (typeof launchLevels)[number];

/**
 * `live`: a pipe that is given as `stdin`, to be ended by its writer; when the writer breaks off, the run ends as `input_cut`.
 * `held`: a pipe that stays open whatever happens to the server. A file is opened by the launcher; bytes are sent in the start frame.
 */
type LaunchInput = 'empty' | 'live' | 'held' | { file: string } | { bytes: Buffer };

/**
 * `user` null: the server's own user; `own` where no other run has this user at the same time; `named` for a user of the machine, whose groups the
 * program gets (native launcher only). `note` comes back with a run that is found
 * again. `masked` are folders that the program finds empty at pidns, except for `kept`, its own folder. `timeoutMs` 0: no timeout.
 */
export interface LaunchSpec {
  runId: string;
  note: string;
  level: LaunchLevel;
  exec: string;
  argv: string[];
  cwd: string;
  environment: Record<string, string>;
  user: { uid: number; gid: number; own?: boolean; named?: { name: string; groups: number[] } } | null;
  stdin: LaunchInput;
  terminal: TerminalSize | null;
  /** Named pipes that are created before the start and owned by the run user; at most two. */
  pipes: string[];
  /** The named pipes stay open until the run has ended, whatever happens to the server: neither side sees the other open or close them. */
  holdPipes: boolean;
  masked: string[];
  kept: string;
  /** Files to which the new process writes its pid before it executes the program (cgroup.procs). */
  cgroups: string[];
  limits: LaunchLimits;
  timeoutMs: number;
  /** The signal that begins a stop or a timeout. */
  stopSignal: string;
  graceMs: number;
  /** The limit of stdout and stderr together; a program that writes more is killed. */
  outputLimitBytes: number;
}

export interface TerminalSize {
  rows: number;
  columns: number;
}

/** Resource limits (setrlimit): bytes of address space, seconds of CPU, processes of the user, open files, bytes of a file that is written. */
export interface LaunchLimits {
  memoryBytes?: number;
  cpuSeconds?: number;
  processes?: number;
  openFiles?: number;
  fileBytes?: number;
}

export interface StreamCount {
  bytes: number;
  /** True when every byte is UTF-8 text without NUL. */
  isText: boolean;
}

/**
 * Exactly one of exitCode and signal is set, or none when the end is `lost`. `reason`: what the launcher itself did to the program.
 * `log`: the whole framed log while it is small; null: the log is the file `log` of the control directory.
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

/** One reader of a framed log (model/log-format), which may still grow. */
export interface LogReader {
  /** How many bytes can be read now. */
  readonly sizeBytes: number;
  /** True when no more will come. */
  readonly ended: boolean;
  read(offset: number, lengthBytes: number): Promise<Buffer>;
  /** Resolves once `sizeBytes` is known: 0 until the launcher has answered. */
  sized(): Promise<void>;
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
  /** Null unless the spec says `live` or `held`; for `held`, stdin is available again when the run is found again. */
  readonly stdin: Writable | null;
  /** Resolves when the program has ended, its tree is gone and its log is whole. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when the first signal to stop is sent, by `stop` or at the timeout. */
  readonly stopping: Promise<void>;
  /** Opens the log; the reader must close it. */
  openLog(): LogReader;
  /** Sends `signal` (by default that of the spec) to the whole tree, and KILL after the grace period. */
  stop(how: StopHow): void;
  /** Sends one signal to the program itself. */
  signal(name: string): void;
  /** Types bytes at the program's terminal; what the terminal cannot take at once is lost, as on a real line. */
  type(bytes: Buffer): void;
  /** Ends a `held` stdin: the program sees the end once it has read what was written. */
  closeInput(): void;
  /** Changes the size of the terminal; the program gets SIGWINCH. */
  resize(size: TerminalSize): void;
  /** The end is recorded elsewhere: the launcher forgets the run. */
  release(): void;
}

/** What the record of a run says that is needed to find the run. */
export interface KnownRun extends Pick<LaunchSpec, 'runId' | 'timeoutMs' | 'stopSignal' | 'graceMs'> {
  pid: number | null;
  startedAtMs: number | null;
}

export interface Launcher {
  readonly name: 'native' | 'child_process';
  /** Identifies this launcher process, so that a later server knows whether it talks to the same process. */
  readonly instance: string;
  /** Why the launcher cannot start programs now, in words; null: it can. */
  readonly fault: string | null;
  /** Called when `fault` changes; set by the user of the launcher. */
  onFault: (fault: string | null) => void;
  /** Starts a program. Rejects with LaunchError when the program cannot be started; then nothing is left behind. */
  launch(spec: LaunchSpec): Promise<LaunchedProcess>;
  /** Finds a run that an earlier server started: the run continues, or has ended meanwhile. Null when nothing is known of the run. */
  find(run: KnownRun): Promise<LaunchedProcess | null>;
  /** For a run that is not found: false when its program surely never started. `instance`: the launcher that had the order. */
  mayHaveBegun(runId: string, instance: string | null): boolean;
  /** Lets go of the runs; with the native launcher they continue. */
  close(): void;
}

/** A program that could not be started; `errno` is the name of the system's error, `stage` the step that failed. */
export class LaunchError extends Error {
  constructor(
    readonly errno: string,
    message: string,
    readonly stage = 'exec',
  ) {
    super(message);
  }
}
