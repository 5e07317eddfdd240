// Creates pRouter's jobs, each on its chosen agent.
import { Controller, Req, Res } from '@nestjs/common';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { readJsonObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { CodedError } from '../../model/coded-error.js';
import { AgentConnector } from './agent-connector.js';
import { Agents } from './agents.js';
import { readNewJob } from './job-bodies.js';
import { JobInfo } from './job-info.js';
import { Jobs } from './jobs.js';

const jobBody = {
  type: 'object',
  properties: { agent: { type: 'object' }, name: { type: 'string' } },
  example: { agent: { type: 'uid', uid: 'local' }, name: 'my job' },
};

@Controller('jobs')
export class JobCreateController {
  constructor(
    private readonly jobs: Jobs,
    private readonly agents: Agents,
    private readonly connector: AgentConnector,
  ) {}

  @Route({
    verb: 'POST',
    path: 'create',
    access: 'author',
    noStore: true,
    summary: 'Make an empty job, into which files can be put',
    headers: keyHeader,
    body: { 'application/json': jobBody },
    answers: { 200: { what: 'the job; its `path` is what its other addresses begin with', body: JobInfo } },
    errors: [
      ...(['invalid_json', 'invalid_request', 'forbidden', 'not_found', 'disk_full', 'agent_failed'] as const),
      ...(['idempotency_mismatch', 'run_gone'] as const),
    ],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const body = await readJsonObject(request);
    const { agent, name } = readNewJob(body);
    const owner = principalOf(request);
    const keyed = keyedJson(request, body);
    if (keyed && agent.type === 'address') throw notElsewhere();
    const elsewhere =
      agent.type === 'address' ? await this.connector.dial(agent) : this.agents.choose(agent.type === 'uid' ? [agent.uid] : agent.uids);
    if (keyed && elsewhere) throw notElsewhere();
    sendJson(reply, 200, elsewhere ? await elsewhere.create(owner, name) : this.jobs.show(await this.jobs.create(owner, name, keyed)));
  }
}

function notElsewhere(): CodedError {
  return new CodedError('invalid_request', 'an Idempotency-Key is not possible for a job on another agent');
}
