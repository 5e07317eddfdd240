// What an agent tells of its failures, by the classes of pAgent's errors or by this server's codes, as what it means here.
import { CodedError } from '../../model/coded-error.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { RemoteError } from '../../prpc/messages.js';

/** Errors of pAgent that are not simply its failure. */
const knownCauses = new Map<string, ErrorCode>([
  ['JobNotFoundError', 'not_found'],
  ['FileNotFoundError', 'not_found'],
  ['IsADirectoryError', 'not_found'],
  ['JobInvalidStateError', 'wrong_state'],
]);
/** The same, of a start: there it is the program that is missing, or the folder in which it was to run. */
const causesOfStart = new Map<string, ErrorCode>([
  ['FileNotFoundError', 'spawn_error'],
  ['NotADirectoryError', 'spawn_error'],
  ['PermissionError', 'spawn_error'],
  ['ProcessStartTimeoutError', 'port_missing'],
  ['ProcessExitedError', 'port_missing'],
]);

/** What servers of this kind tell of a job by its code. Others are between the two servers: that a token ended there is no 401 here. */
const codesOfJobs: ErrorCode[] = [
  ...(['invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full', 'queue_full', 'launcher_unavailable'] as const),
  ...(['port_missing', 'port_not_ready', 'port_gone', 'upgrade_refused'] as const),
  ...(['exit', 'signal', 'timeout', 'stop', 'output_limit', 'memory_limit', 'cpu_limit'] as const),
  ...(['spawn_error', 'cancelled', 'lost'] as const),
];

/** Throws what an agent tells as what it means here. */
export function remoteError(error: Error, method = ''): never {
  if (!(error instanceof RemoteError)) throw error;
  const { causeType, causeMessage } = error;
  const known = (method === 'job_start' && causesOfStart.get(causeType)) || knownCauses.get(causeType);
  const code = known ?? codesOfJobs.find((own) => own === causeType) ?? 'agent_failed';
  throw new CodedError(code, causeMessage);
}
