// The launcher contract: start one program, read what it writes, signal it, learn how it ended.
import type { Writable } from 'node:stream';

/** `user` null: the server's own. A file as stdin is opened by the launcher. `timeoutMs` 0: none. */
export interface LaunchSpec {
  exec: string;
  argv: string[];
  cwd: string;
  environment: Record<string, string>;
  user: { uid: number; gid: number } | null;
  stdin: 'pipe' | 'empty' | { file: string };
  limits: LaunchLimits;
  timeoutMs: number;
  graceMs: number;
}

/** Resource limits (setrlimit): bytes of address space, seconds of CPU, processes of the user, open files. */
export interface LaunchLimits {
  memoryBytes?: number;
  cpuSeconds?: number;
  processes?: number;
  openFiles?: number;
}

/** Exactly one of exitCode and signal is set. `timedOut`: the launcher ended it at its timeout. */
export interface ProcessEnd {
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
  usage: { cpuMs: number; maxRssBytes: number } | null;
}

export interface LaunchedProcess {
  pid: number;
  startedAtMs: number;
  /** Null unless the spec says `pipe`. */
  stdin: Writable | null;
  /** Each ends soon after the program has ended, even when a grandchild holds the pipe. */
  stdout: AsyncIterable<Buffer>;
  stderr: AsyncIterable<Buffer>;
  /** Resolves when the program has ended and its process group is gone. */
  ended: Promise<ProcessEnd>;
  /** Resolves when the first signal to stop is sent, by `stop` or at the timeout. */
  stopping: Promise<void>;
  /** TERM (or `signal`) to the whole group, KILL after the grace. */
  stop(how: { signal?: string; graceMs?: number }): void;
}

export interface Launcher {
  readonly name: string;
  /** What this launcher applies, as it stands in the record of a run. */
  readonly isolation: string;
  /** Rejects with LaunchError when the program cannot be started; then nothing is left behind. */
  launch(spec: LaunchSpec): Promise<LaunchedProcess>;
}

/** A program that could not be started; `errno` is the name of the system's error, such as ENOENT. */
export class LaunchError extends Error {
  constructor(
    readonly errno: string,
    message: string,
  ) {
    super(message);
  }
}
