// The types of process-registry/worker: what callers pass in and get back.

/**
 * `logDir` is created when it is missing, its parents too. `graceMs` is how long a program may take to heed TERM before
 * KILL follows: 5000 by default; Infinity: KILL never follows.
 */
export interface WorkerOptions {
  logDir: string;
  graceMs?: number;
}

/** The program, looked up in PATH unless the name has a slash, and its arguments as they are: no shell sees them. */
export interface Command {
  name: string;
  args?: readonly string[];
}

/** `graceful` true, the default: TERM, and KILL after the grace; false: KILL. `graceMs` overrides the worker's. */
export interface StopOptions {
  graceful?: boolean;
  graceMs?: number;
}

/**
 * `stopping`: a signal to stop was sent, and the program has not ended. `exited`: it ended with an exit code.
 * `terminated`: SIGTERM ended it. `killed`: another signal did, such as SIGKILL or SIGSEGV.
 */
export type JobStatus = 'running' | 'stopping' | 'exited' | 'terminated' | 'killed';

/** `exitCode` is a number only when `status` is `exited`. `pid` stays the same when the program has ended. */
export interface JobReport {
  id: string;
  status: JobStatus;
  pid: number;
  exitCode: number | null;
  command: { name: string; args: string[] };
}

/** `maxAgeMs`: time since a job's end. `maxBytes`: of the logs of all ended jobs together. A missing value limits nothing. */
export interface PurgeLimits {
  maxAgeMs?: number;
  maxBytes?: number;
}
