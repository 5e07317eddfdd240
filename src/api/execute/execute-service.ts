// execute/ on a service: makes sure that it runs, then delivers the body as one message.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import type { Reply } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { isService } from '../../model/definition.js';
import type { Principal } from '../../model/roles.js';
import type { ExecuteRequest } from '../../run-http/read-request.js';
import type { ServiceMessages } from '../../run-http/service-messages.js';
import type { Spool } from '../../runs/spool.js';

/** Of a timer of Node. */
const longestTimerMs = 2 ** 31 - 1;

/** Without reading the definitions of all others. */
export function isServiceRow({ definition }: DefinitionRow): boolean {
  return definition.includes('"service"') && isService(JSON.parse(definition));
}

export interface ServiceCall {
  asked: ExecuteRequest;
  caller: Principal;
  row: DefinitionRow;
  spool: Spool;
}

/** The answer is sent, unless the caller wants the events of the run. */
export async function executeService(
  messages: ServiceMessages,
  reply: Reply,
  { asked, caller, row, spool }: ServiceCall,
): Promise<{ id: string; events: boolean }> {
  const { run, preferences } = asked;
  refuseWhatNoServiceHas(asked);
  if (preferences.events) refuseEventsOfOthers(caller, row);
  const { id } = await messages.services.start(caller, { ...run, timeoutMs: undefined, ownerId: row.ownerId });
  spool.takenBy(id);
  const isEmpty = run.message.kind === 'none';
  const waitMs = isEmpty && preferences.waitMs === Number.POSITIVE_INFINITY ? 0 : preferences.waitMs;
  const delivery = isEmpty
    ? messages.services.whenReady(id, AbortSignal.timeout(Math.min(waitMs, longestTimerMs))).then(() => null)
    : messages.deliver(caller, id, { source: run.message, spool, idempotency: run.idempotency });
  if (preferences.events) {
    messages.leave(id, delivery);
    return { id, events: true };
  }
  if (preferences.applied) void reply.header('preference-applied', preferences.applied);
  await messages.answer(reply, id, { delivery, waitMs });
  return { id, events: false };
}

function refuseWhatNoServiceHas({ run, preferences }: ExecuteRequest): void {
  if (preferences.stream)
    throw new CodedError('invalid_request', 'a service has no stream=1; follow its messages at /api/run/ID/messages/');
  if (run.timeoutMs !== undefined)
    throw new CodedError('invalid_request', 'a message for a service has no timeout; say Prefer: wait=SECONDS');
}

/** The log has the words of everybody. */
function refuseEventsOfOthers({ role, userId }: Principal, { ownerId }: DefinitionRow): void {
  if (role === 'admin' || Number(ownerId) === userId) return;
  throw new CodedError('forbidden', "the log of a service is its owner's; ask without Accept: text/event-stream");
}
