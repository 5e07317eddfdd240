// Turns the failures that an agent reports, by the classes of pAgent's errors or by this server's codes, into errors of this server.
import { CodedError } from '../../model/coded-error.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { RemoteError } from '../../prpc/messages.js';

/** Errors of pAgent with a meaning other than agent_failed. */
const knownCauses = new Map<string, ErrorCode>([
  ['JobNotFoundError', 'not_found'],
  ['FileNotFoundError', 'not_found'],
  ['IsADirectoryError', 'not_found'],
  ['JobInvalidStateError', 'wrong_state'],
]);
/** Errors of pAgent at a start: there the program is missing, or the folder in which it should run. */
const causesOfStart = new Map<string, ErrorCode>([
  ['FileNotFoundError', 'spawn_error'],
  ['NotADirectoryError', 'spawn_error'],
  ['PermissionError', 'spawn_error'],
  ['ProcessStartTimeoutError', 'port_missing'],
  ['ProcessExitedError', 'port_missing'],
]);

/** The codes of this kind of server that are about a job. Other codes concern the two servers: a token that has ended there is not a 401 here. */
const codesOfJobs: ErrorCode[] = [
  ...(['invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full', 'queue_full', 'launcher_unavailable'] as const),
  ...(['port_missing', 'port_not_ready', 'port_gone', 'upgrade_refused'] as const),
  ...(['exit', 'signal', 'timeout', 'stop', 'output_limit', 'memory_limit', 'cpu_limit', 'file_size_limit'] as const),
  ...(['spawn_error', 'cancelled', 'lost'] as const),
];

/** Throws the error of an agent as an error of this server. */
export function remoteError(error: Error, method = ''): never {
  if (!(error instanceof RemoteError)) throw error;
  const { causeType, causeMessage } = error;
  const known = (method === 'job_start' && causesOfStart.get(causeType)) || knownCauses.get(causeType);
  const code = known ?? codesOfJobs.find((own) => own === causeType) ?? 'agent_failed';
  throw new CodedError(code, causeMessage);
}
