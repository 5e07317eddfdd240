// The one error class of the core: a code of the table, a sentence for people, and fields for programs.
import type { ErrorCode } from './error-codes.js';

export class CodedError extends Error {
  /** `fields` are merged into the response unchanged; `retryAfterSeconds` becomes the Retry-After header. */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly fields: { retryAfterSeconds?: number; [name: string]: unknown } = {},
  ) {
    super(message);
  }
}

/** For a `catch`: null in place of not_found; throws every other error. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof CodedError && error.code === 'not_found') return null;
  throw error;
}
