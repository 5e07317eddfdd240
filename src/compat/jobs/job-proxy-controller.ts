// HTTP and WebSocket to the program of a pRouter job.
import { Controller, Req, Res } from '@nestjs/common';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { JobHosts } from './job-hosts.js';
import { jobParameters } from './jobs.js';

@Controller('jobs')
export class JobProxyController {
  constructor(private readonly hosts: JobHosts) {}

  @Route({
    verb: 'ALL',
    path: [':agent/:job/http', ':agent/:job/http/*'],
    access: 'author',
    noStore: true,
    summary: "Speak HTTP or WebSocket with a job's program",
    description: 'Any method is passed to the port that the job has registered, with path and query as they came.',
    params: { ...jobParameters, path: "the program's own address" },
    answers: { 200: { what: 'what the program answers, with its status', body: { '*/*': { type: 'string', format: 'binary' } } } },
    errors: ['not_found', 'port_not_ready', 'port_gone', 'upgrade_refused', 'agent_failed'],
  })
  async forward(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    await job.forward(request, reply);
  }
}
