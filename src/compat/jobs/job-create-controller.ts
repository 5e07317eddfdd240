// Creates pRouter's jobs, each on its chosen agent.
import { Controller, Req, Res } from '@nestjs/common';
import { readJsonObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
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
    body: { 'application/json': jobBody },
    answers: { 200: { what: 'the job; its `path` is what its other addresses begin with', body: JobInfo } },
    errors: ['invalid_json', 'invalid_request', 'forbidden', 'not_found', 'disk_full', 'agent_failed'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { agent, name } = readNewJob(await readJsonObject(request));
    const owner = principalOf(request);
    const elsewhere =
      agent.type === 'address' ? await this.connector.dial(agent) : this.agents.choose(agent.type === 'uid' ? [agent.uid] : agent.uids);
    sendJson(reply, 200, elsewhere ? await elsewhere.create(owner, name) : this.jobs.show(await this.jobs.create(owner, name)));
  }
}
