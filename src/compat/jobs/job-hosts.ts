// Decides once for each request where its job is: on this server or on an agent.
import { Injectable } from '@nestjs/common';
import { principalOf, type Request } from '../../http/request.js';
import { RunProxy } from '../../proxy/run-proxy.js';
import { Agents } from './agents.js';
import { JobFiles } from './job-files.js';
import type { JobHost } from './job-host.js';
import { Jobs } from './jobs.js';
import { LocalJob } from './local-job.js';
import { RemoteJob } from './remote-job.js';

@Injectable()
export class JobHosts {
  constructor(
    private readonly agents: Agents,
    private readonly jobs: Jobs,
    private readonly files: JobFiles,
    private readonly proxy: RunProxy,
  ) {}

  /** Throws not_found for an unknown job or connection. */
  async of(request: Request): Promise<JobHost> {
    const viewer = principalOf(request);
    const agent = this.agents.asked(request);
    if (agent) return new RemoteJob(agent, viewer, request.params.job);
    const { jobs, files, proxy } = this;
    return new LocalJob({ jobs, files, proxy }, viewer, await jobs.asked(request));
  }
}
