// How a run that was attached to has ended, as the status at the end of channels.k8s.io says it.
import { exitCodes, Failure } from '../failure.js';

interface Status {
  status: string;
  message?: string;
  reason?: string;
  details?: { causes?: { reason: string; message?: string }[] };
}

/** The exit code of the program, 128 and the number of a signal, or 124 for a timeout. Throws a Failure when it never started. */
export function exitCodeOf(text: string): number {
  const { status, message, details } = JSON.parse(text) as Status;
  if (status === 'Success') return 0;
  const causes = new Map(details?.causes?.map((cause) => [cause.reason, cause.message]));
  if (causes.has('timeout')) return exitCodes.timeout;
  const code = Number(causes.get('ExitCode'));
  if (causes.has('ExitCode') && Number.isInteger(code)) return code;
  throw new Failure(message ?? 'the program has not ended by itself', { exitCode: exitCodes.refused });
}
