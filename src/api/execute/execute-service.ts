// Handles execute/ on a service: makes sure that the service runs, then delivers the body as one message.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import type { Reply } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { isService } from '../../model/definition.js';
import type { Principal } from '../../model/roles.js';
import type { ExecuteRequest } from '../../run-http/read-request.js';
import type { ServiceMessages } from '../../run-http/service-messages.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Spool } from '../../runs/spool.js';

/** The longest time of a timer of Node. */
const longestTimerMs = 2 ** 31 - 1;

export function isServiceRow(row: DefinitionRow): boolean {
  return isService(parsedDefinition(row));
}

export interface ServiceCall {
  asked: ExecuteRequest;
  caller: Principal;
  row: DefinitionRow;
  spool: Spool;
}

/** Sends the response, unless the caller wants the events of the run. */
export async function executeService(
  messages: ServiceMessages,
  reply: Reply,
  { asked, caller, row, spool }: ServiceCall,
): Promise<{ id: string; events: boolean }> {
  const { run, preferences } = asked;
  refuseWhatNoServiceHas(asked);
  if (preferences.events) refuseEventsOfOthers(caller, row);
  const former = await messages.former(run.idempotency);
  if (former) return answerAgain(messages, reply, { row: former.row, events: preferences.events });
  const { id } = await messages.services.start(caller, { ...run, timeoutMs: undefined, ownerId: row.ownerId });
  spool.takenBy(id);
  const isEmpty = run.message.kind === 'none';
  if (isEmpty) await messages.remember(id, run);
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

/** The service had this message, or was started, before: it may have ended since. */
async function answerAgain(
  messages: ServiceMessages,
  reply: Reply,
  { row, events }: { row: RunEntity; events: boolean },
): Promise<{ id: string; events: boolean }> {
  if (!events) await messages.answers.sendRun(reply, 202, row);
  return { id: row.id, events };
}

function refuseWhatNoServiceHas({ run, preferences }: ExecuteRequest): void {
  if (preferences.stream)
    throw new CodedError('invalid_request', 'stream=1 is not possible for a service; follow its messages at /api/run/ID/messages/');
  if (run.timeoutMs !== undefined)
    throw new CodedError('invalid_request', 'timeout is not possible for a message to a service; send Prefer: wait=SECONDS instead');
}

/** The log contains the messages of all users of the service. */
function refuseEventsOfOthers({ role, userId }: Principal, { ownerId }: DefinitionRow): void {
  if (role === 'admin' || Number(ownerId) === userId) return;
  throw new CodedError('forbidden', 'only the owner of a service may follow its log; send the request without Accept: text/event-stream');
}
