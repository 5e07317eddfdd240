// Messages to a running service, and the messages that it sends.

import { hash } from 'node:crypto';
import { Controller, Req, Res } from '@nestjs/common';
import { idempotencyKeyOf, keyedRequest } from '../../http/idempotency-key.js';
import { readBounded } from '../../http/json-body.js';
import { readPreferences } from '../../http/preferences.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty } from '../../http/send-response.js';
import { messageTooLarge } from '../../http/spool.js';
import { CodedError } from '../../model/coded-error.js';
import { inlineMessageBytes, type MessageSource } from '../../model/run-order.js';
import { lastEventId } from '../../run-http/event-ids.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody } from '../../run-http/run-body.js';
import { ServiceMessages } from '../../run-http/service-messages.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { sendMessages } from './message-stream.js';

const id = { id: 'the id of the run' };
const binary = { type: 'string', format: 'binary' };

@Controller('api/run')
export class RunMessageController {
  constructor(
    private readonly runs: Runs,
    private readonly messages: ServiceMessages,
    private readonly answers: RunAnswers,
    private readonly spool: MessageSpool,
  ) {}

  @Route({
    verb: 'POST',
    path: ':id/message',
    access: 'runner',
    summary: 'Send a message to a running service',
    description: 'The message is delivered once the service is ready. See docs/behaviour/services.md.',
    params: id,
    headers: {
      Prefer: 'respond-async, or wait=SECONDS',
      'Idempotency-Key': '1 to 255 characters: for 24 hours the same message with the same key is delivered once',
    },
    body: { 'text/plain': { type: 'string', example: 'one line' }, 'application/octet-stream': binary },
    answers: {
      200: { what: 'the reply of the service, where messages go in and out by a port', body: { '*/*': binary } },
      202: {
        what: 'the service has taken the message, or will take it',
        body: RunBody,
        headers: { 'Preference-Applied': 'the parts of Prefer that were honoured' },
      },
    },
    errors: [
      ...(['not_found', 'wrong_state', 'message_not_taken', 'message_too_large', 'invalid_request'] as const),
      ...(['idempotency_mismatch', 'run_gone', 'queue_full', 'input_error', 'disk_full'] as const),
    ],
  })
  async message(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const row = await this.runs.find(caller, request.params.id);
    // a repetition may come when the service has ended
    const isRepeatable = idempotencyKeyOf(request) !== null;
    if (!isRepeatable) this.refuseOthers(row);
    const { waitMs, applied } = readPreferences(request, false);
    if (applied) void reply.header('preference-applied', applied);
    await this.runs.spooling(async (spool) => {
      const { source, digest } = await this.readBody(request, spool.id, isRepeatable);
      const idempotency = keyedRequest(request, { mediaType: request.givenContentType, digest });
      const former = await this.messages.former(idempotency);
      if (former) return this.answers.sendRun(reply, 202, former.row);
      this.refuseOthers(row);
      const delivery = this.messages.deliver(caller, row.id, { source, spool, idempotency });
      await this.messages.answer(reply, row.id, { delivery, waitMs });
    });
  }

  @Route({
    verb: 'GET',
    path: ':id/messages',
    access: 'viewer',
    summary: 'Follow the messages that a service sends',
    description:
      'Server-Sent Events: message, with the frame as text (message-base64 where it is not UTF-8 or has a carriage return), from the first one that is kept; then end, when the run has ended.',
    params: id,
    headers: { 'Last-Event-ID': 'the id of the last message that the client already has' },
    answers: {
      200: { what: 'the messages', body: { 'text/event-stream': { type: 'string' } } },
      204: { what: 'the client has the event `end`' },
    },
    errors: ['not_found', 'wrong_state', 'invalid_request'],
  })
  async follow(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.runs.find(principalOf(request), request.params.id);
    const run = this.runs.activeRun(row.id);
    if (row.state !== 'finished' && !run?.isService)
      throw new CodedError('wrong_state', `the run ${row.id} has no messages: ${stateOf(row)}`);
    const after = lastEventId(request, row);
    if (after === null) return sendEmpty(reply, 204);
    const { services } = this.messages;
    const describe = async () => this.answers.describe(run?.row ?? row);
    await sendMessages(reply, { messages: (signal) => services.messages(row.id, after, signal), describe });
  }

  /** Throws wrong_state for a run that is not a running service. */
  private refuseOthers(row: RunEntity): void {
    if (this.runs.activeRun(row.id)?.isService) return;
    throw new CodedError('wrong_state', `the run ${row.id} takes no messages: ${stateOf(row)}`);
  }

  /** A body that breaks off is never given to a program. */
  private async readBody(request: Request, spoolId: string, digested: boolean): Promise<{ source: MessageSource; digest: string | null }> {
    const lengthBytes = Number(request.headers['content-length'] ?? Number.NaN);
    if (lengthBytes > this.spool.messageBytes) throw messageTooLarge(this.spool.messageBytes);
    if (lengthBytes <= inlineMessageBytes) {
      const bytes = await readBounded(request, lengthBytes);
      return { source: { kind: 'inline', base64: bytes.toString('base64') }, digest: digested ? hash('sha256', bytes, 'hex') : null };
    }
    const { path, digest } = await this.spool.message(spoolId, request.raw, { digested });
    return { source: { kind: 'file', path }, digest };
  }
}

function stateOf({ state }: { state: string }): string {
  return state === 'finished' ? 'it has ended' : `it is ${state} and is not a running service`;
}
