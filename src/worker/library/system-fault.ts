// Turns an error of the system into a WorkerError.
import { WorkerError, type WorkerErrorCode } from './worker-error.js';

/** `what` failed because of `error`, which the system raised. */
export function systemFault(code: WorkerErrorCode, what: string, error: unknown): WorkerError {
  const { code: errno = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  return new WorkerError(code, `${what}: ${message}`, errno);
}
