// Runs a definition: the body of the request is the message, the body of the response is the output.
import { Controller, Req, Res } from '@nestjs/common';
import { Definitions } from '../../definitions/definitions.js';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { drainMessage } from '../../http/drain-message.js';
import { addOwner } from '../../http/owner-header.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { addWarnings } from '../../http/warning-header.js';
import { sendStream, streamedOutput } from '../../run-http/answer-stream.js';
import { sendEvents } from '../../run-http/event-stream.js';
import { asksForMessage, missingMessage } from '../../run-http/message-remark.js';
import { type ExecuteRequest, readExecuteRequest } from '../../run-http/read-request.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunSources } from '../../run-http/run-sources.js';
import { ServiceMessages } from '../../run-http/service-messages.js';
import { stopOnDisconnect } from '../../run-http/stop-on-disconnect.js';
import { ParkedRun } from '../../runs/parked-run.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { type Called, findCalled } from './called-definition.js';
import { callRoute, executeRoute } from './execute-docs.js';
import { executeService, isServiceRow } from './execute-service.js';

@Controller()
export class ExecuteController {
  constructor(
    private readonly definitions: Definitions,
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
    private readonly sources: RunSources,
    private readonly messages: ServiceMessages,
  ) {}

  @Route(executeRoute)
  async execute(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const principal = principalOf(request);
    this.runs.checkDisk();
    await this.run(request, reply, { row: await this.definitions.references.find(principal, request.params.ref) });
  }

  @Route({ ...callRoute, verb: 'POST' })
  async call(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const principal = principalOf(request);
    this.runs.checkDisk();
    await this.run(request, reply, await findCalled(this.definitions.references, principal, request.params));
  }

  @Route({ ...callRoute, verb: 'PUT' })
  async callByPut(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.call(request, reply);
  }

  private async run(request: Request, reply: Reply, called: Called): Promise<void> {
    addOwner(reply, await this.definitions.references.ownerName(principalOf(request), called.row));
    if (isServiceRow(called.row)) return this.executeService(request, reply, called);
    const read = (runId: string) => readExecuteRequest(request, called.row, { sources: this.sources, runId, fileName: called.fileName });
    await this.answer(request, reply, await this.runs.accept(principalOf(request), read));
  }

  private async executeService(request: Request, reply: Reply, { row, fileName }: Called): Promise<void> {
    const { id, events } = await this.runs.spooling(async (spool) => {
      const asked = await readExecuteRequest(request, row, { sources: this.sources, runId: spool.id, fileName });
      return executeService(this.messages, reply, { asked, caller: principalOf(request), row, spool });
    });
    if (events) await this.follow(request, reply, id);
  }

  private async answer(request: Request, reply: Reply, { asked, id }: { asked: ExecuteRequest; id: string }): Promise<void> {
    const { preferences, run } = asked;
    const { content: definition } = run;
    const hint = missingMessage(run);
    if (hint !== null && asksForMessage(definition)) addWarnings(reply, [hint]);
    if (definition.on_disconnect === 'stop') stopOnDisconnect(reply, (request) => this.runs.stopActive(id, request));
    if (preferences.applied) void reply.header('preference-applied', preferences.applied);
    if (preferences.events) return this.follow(request, reply, id);
    if (preferences.waitMs === 0 && !preferences.stream)
      return this.answers.sendRun(reply, 202, await this.runs.find(principalOf(request), id));
    const followed = this.runs.followed(id);
    const log = await this.runs.log(id);
    const streamed = preferences.stream ? streamedOutput(definition) : undefined;
    if (followed && streamed && (await sendStream(reply, followed, { id, stream: streamed }))) return log.close();
    // what the request had brought is not kept for a caller who has gone away
    await this.runs.wait(id, preferences.waitMs, followed instanceof ParkedRun ? disconnectSignal(reply) : undefined);
    if (run.live) await drainMessage(request.raw);
    const row = followed?.row ?? (await this.runs.find(principalOf(request), id));
    if (row.state === 'finished' && preferences.waitMs > 0) return this.answers.sendResult(reply, row, { log, hint });
    await log.close();
    await this.answers.sendRun(reply, 202, row);
  }

  private async follow(request: Request, reply: Reply, id: string): Promise<void> {
    const row = await this.runs.find(principalOf(request), id);
    const describe = (now: RunEntity) => this.answers.describe(now);
    await sendEvents(reply.header('run-id', id), { runs: this.runs, row, from: 0, follow: true, describe });
  }
}
