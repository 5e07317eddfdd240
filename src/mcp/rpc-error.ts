// An error of the protocol itself, as JSON-RPC has it; what a program does wrong is a result instead.
import { CodedError } from '../model/coded-error.js';

/** The numbers for parameters that mean nothing, and for what has gone wrong here. */
const invalidParams = -32602;
const internalError = -32603;

export class RpcError extends Error {
  constructor(
    message: string,
    readonly data?: Record<string, unknown>,
    readonly code = invalidParams,
  ) {
    super(message);
  }
}

/** What a caller may read of any error: those that are not meant for it may name files and addresses of this machine. */
export function readableError(error: unknown, failed: (error: unknown) => void): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof CodedError && error.code !== 'internal') return new RpcError(error.message, undefined, internalError);
  failed(error);
  return new RpcError('internal error', undefined, internalError);
}
