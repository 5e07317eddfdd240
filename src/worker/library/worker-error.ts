// The error class of process-registry/worker: one class for all failures, which differ by their code.

export const workerErrorCodes = [
  'job_not_found',
  'start_failed',
  'stop_failed',
  'log_gone',
  'log_unreadable',
  'log_dir_unusable',
  'purge_failed',
  'invalid_argument',
  'closed',
] as const;

/** The meaning of each code is in docs/worker-library.md. */
export type WorkerErrorCode = (typeof workerErrorCodes)[number];

/** `errno` is the name of the system's error behind it, such as ENOENT, or null when there is none. */
export class WorkerError extends Error {
  override readonly name: string = 'WorkerError';

  constructor(
    readonly code: WorkerErrorCode,
    message: string,
    readonly errno: string | null = null,
  ) {
    super(message);
  }
}
