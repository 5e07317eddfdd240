// Where the job is that a request is about: decided here, once for each request.
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

  /** Throws not_found for a job, or a connection, that is not there. */
  async of(request: Request): Promise<JobHost> {
    const viewer = principalOf(request);
    const agent = this.agents.asked(request);
    if (agent) return new RemoteJob(agent, viewer, request.params.job);
    const { jobs, files, proxy } = this;
    return new LocalJob({ jobs, files, proxy }, viewer, await jobs.asked(request));
  }
}
