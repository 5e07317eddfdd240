// An error of the protocol itself, as JSON-RPC has it; what a program does wrong is a result instead.

/** The number for parameters that mean nothing. */
const invalidParams = -32602;

export class RpcError extends Error {
  readonly code = invalidParams;

  constructor(
    message: string,
    readonly data?: Record<string, unknown>,
  ) {
    super(message);
  }
}
