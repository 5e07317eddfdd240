// What callers of process-registry/worker hand in and get back.

/**
 * `logDir` is made when it is missing, its parents too. `graceMs` is how long a program may take to heed TERM before
 * KILL follows: 5000 unless said otherwise; Infinity: KILL never follows.
 */
export interface WorkerOptions {
  logDir: string;
  graceMs?: number;
}

/** The program, looked for in PATH unless it has a slash, and its arguments as they are: no shell sees them. */
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
 * `terminated`: SIGTERM ended it. `killed`: another signal did, such as SIGKILL or a SIGSEGV of its own.
 */
export type JobStatus = 'running' | 'stopping' | 'exited' | 'terminated' | 'killed';

/** `exitCode` is a number only when `status` is `exited`. `pid` stays what it was when the program has ended. */
export interface JobReport {
  id: string;
  status: JobStatus;
  pid: number;
  exitCode: number | null;
  command: { name: string; args: string[] };
}

/** `maxAgeMs`: time since a job's end. `maxBytes`: of the logs of all ended jobs together. What is missing limits nothing. */
export interface PurgeLimits {
  maxAgeMs?: number;
  maxBytes?: number;
}
