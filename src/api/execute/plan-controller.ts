// What can be learned about a definition before it is used: what a run would do, and whether its examples pass.
import { Controller, Req, Res } from '@nestjs/common';
import { Definitions } from '../../definitions/definitions.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { shownPlan } from '../../definitions/shown-definition.js';
import { drainMessage } from '../../http/drain-message.js';
import { addOwner } from '../../http/owner-header.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { messageState } from '../../run-http/message-remark.js';
import { readExecuteRequest } from '../../run-http/read-request.js';
import { RunSources } from '../../run-http/run-sources.js';
import { SelfTests, testOptions } from '../../run-http/self-tests.js';
import { Runs } from '../../runs/runs.js';
import { explainRoute, selfTestRoute } from './execute-docs.js';

@Controller('api/process_definition')
export class PlanController {
  constructor(
    private readonly definitions: Definitions,
    private readonly runs: Runs,
    private readonly sources: RunSources,
    private readonly tests: SelfTests,
  ) {}

  @Route({ ...explainRoute, verb: 'GET', body: undefined })
  async explain(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const { references } = this.definitions;
    const row = await references.find(caller, request.params.ref);
    const owner = await references.ownerName(caller, row);
    addOwner(reply, owner);
    await this.runs.spooling(async ({ id: runId }) => {
      try {
        const { run } = await readExecuteRequest(request, row, { sources: this.sources, runId });
        const plan = shownPlan(caller, row, await this.runs.explain(caller, run));
        const { id, name, revision } = row;
        sendJson(reply, 200, { definition: { id, name, owner, revision }, message: messageState(run), ...plan });
      } finally {
        await drainMessage(request.raw);
      }
    });
  }

  @Route({ ...explainRoute, verb: 'POST' })
  async explainWithBody(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.explain(request, reply);
  }

  @Route(selfTestRoute)
  async selfTest(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const row = await this.definitions.references.find(caller, request.params.ref);
    const content = parsedDefinition(row);
    sendJson(reply, 200, await this.tests.run({ definition: row, content }, testOptions(caller, reply)));
  }
}
