// The ids of the events of a log: each contains the attempt, and the offset in its log at which the next event begins.
import type { Request } from '../http/request.js';
import { CodedError } from '../model/coded-error.js';
import type { RunEntity } from '../runs/run.entity.js';

/** The id of the event `end`: a client that has it has all, and is told with 204 to stay away. */
export const endId = 'end';

/** More bytes than any log has; the ids of a first attempt are plain offsets. */
const attemptBytes = 2 ** 40;

export function eventId(attempt: number, offset: number): number {
  return (attempt - 1) * attemptBytes + offset;
}

/** The offset at which the log of `attempt` continues after this id: its beginning when the id is from an earlier attempt, whose log is gone. */
export function offsetOf(id: number, attempt: number): number {
  const offset = id - (attempt - 1) * attemptBytes;
  return offset < 0 ? 0 : offset;
}

/** The id after which a client continues; 0 without one, null when it has the end of the run. Throws invalid_request. */
export function lastEventId({ headers }: Request, { state }: RunEntity): number | null {
  const text = headers['last-event-id'];
  if (text === undefined) return 0;
  if (text === endId && state === 'finished') return null;
  if (typeof text === 'string' && /^\d{1,16}$/.test(text)) return Number(text);
  throw new CodedError('invalid_request', `Last-Event-ID must be the id of an event of this run, got '${text}'`);
}
