// A failed command: one line, a hint, and the exit code.
import { plain } from './terminal/table.js';

/** Exit codes of the client; those of `run` are the program's own where it ran (0 to 255; 128 + n for a signal). */
export const exitCodes = {
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  timeout: 124,
  /** The server or the network failed: worth a retry. */
  unavailable: 125,
  /** Not permitted, or the program could not be started. */
  refused: 126,
  /** An unknown definition. */
  notFound: 127,
} as const;

export class Failure extends Error {
  readonly exitCode: number;
  /** What to do about it: a sentence or a command. */
  readonly hint?: string;

  constructor(message: string, { exitCode = exitCodes.failed as number, hint }: { exitCode?: number; hint?: string } = {}) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Prints the failure to stderr and returns its exit code. The message may quote others: it does not control the terminal. */
export function report({ message, hint, exitCode }: Failure): number {
  const lines = message.split('\n').map(plain);
  process.stderr.write(`procreg: ${lines.join('\n')}\n${hint === undefined ? '' : `hint: ${plain(hint)}\n`}`);
  return exitCode;
}
