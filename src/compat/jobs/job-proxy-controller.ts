// HTTP and WebSocket to the program of a pRouter job.
import { Controller, Req, Res } from '@nestjs/common';
import { type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { CodedError } from '../../model/coded-error.js';
import { RunProxy } from '../../proxy/run-proxy.js';
import { Agents } from './agents.js';
import { Jobs, jobParameters } from './jobs.js';
import { speakWithProgram } from './remote-program.js';

@Controller('jobs')
export class JobProxyController {
  constructor(
    private readonly jobs: Jobs,
    private readonly proxy: RunProxy,
    private readonly agents: Agents,
  ) {}

  @Route({
    verb: 'ALL',
    path: [':agent/:job/http', ':agent/:job/http/*'],
    access: 'author',
    noStore: true,
    summary: "Speak HTTP or WebSocket with a job's program",
    description: 'Any method goes on to the port that the job has handed over, with path and query as they came.',
    params: { ...jobParameters, path: "the program's own address" },
    answers: { 200: { what: 'what the program answers, with its status', body: { '*/*': { type: 'string', format: 'binary' } } } },
    errors: ['not_found', 'port_not_ready', 'port_gone', 'upgrade_refused', 'agent_failed'],
  })
  async forward(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const elsewhere = this.agents.remoteJob(request);
    if (elsewhere) return speakWithProgram(request, reply, elsewhere);
    const row = await this.jobs.asked(request);
    if (row.port === null) throw new CodedError('port_gone', 'Proxy error: job does not contain a running server');
    await this.proxy.forward(request, reply, row);
  }
}
