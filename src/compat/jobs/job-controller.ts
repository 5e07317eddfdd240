// pRouter's jobs: started, waited for, asked about, removed.
import { Controller, Req, Res } from '@nestjs/common';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { readJsonObject } from '../../http/json-body.js';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { Runs } from '../../runs/runs.js';
import { readJobStart } from './job-bodies.js';
import { StartFailed } from './job-host.js';
import { JobHosts } from './job-hosts.js';
import { JobInfo } from './job-info.js';
import { jobParameters } from './jobs.js';

const params = jobParameters;
const startBody = {
  type: 'object',
  properties: {
    args: { type: 'array', items: { type: 'string' } },
    env: { type: 'object' },
    cwd: { type: 'string', nullable: true },
    port_expected_count: { type: 'integer', default: 1 },
    forward_stdout: { type: 'boolean' },
  },
  example: { args: ['/bin/sleep', '1'], env: {}, port_expected_count: 0 },
};
const failures: ErrorCode[] = [
  ...(['port_missing', 'exit', 'signal', 'memory_limit', 'cpu_limit', 'file_size_limit', 'spawn_error'] as const),
  ...(['queue_full', 'launcher_unavailable', 'disk_full'] as const),
];

@Controller('jobs')
export class JobController {
  constructor(
    private readonly hosts: JobHosts,
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
  ) {}

  @Route({
    verb: 'POST',
    path: ':agent/:job/start',
    access: 'author',
    noStore: true,
    summary: 'Start a job; answered when it has said on which port it listens',
    description:
      'The program asks GET $DA__PAGENT__JOB_ENDPOINT?job_id=$DA__PAGENT__JOB_ID&port=N within 30 s. With "port_expected_count": 0 it listens nowhere.',
    params,
    body: { 'application/json': startBody },
    answers: { 200: { what: 'the job, RUNNING', body: JobInfo } },
    errors: ['invalid_json', 'invalid_request', 'not_found', 'wrong_state', 'agent_failed', ...failures],
  })
  async start(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    const start = readJobStart(await readJsonObject(request));
    try {
      sendJson(reply, 200, await job.start(start, request.raw.socket));
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      await this.answers.sendFailure(reply, error.row, { log: await this.runs.log(error.row.id) });
    }
  }

  @Route({
    verb: 'POST',
    path: ':agent/:job/wait',
    access: 'viewer',
    noStore: true,
    summary: 'Wait for the end of a job; one that has not started is answered at once',
    params,
    answers: { 200: { what: 'the job', body: JobInfo } },
    errors: ['not_found', 'agent_failed'],
  })
  async wait(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    sendJson(reply, 200, await job.wait(disconnectSignal(reply)));
  }

  @Route({
    verb: 'POST',
    path: ':agent/:job/remove',
    access: 'author',
    noStore: true,
    summary: 'Kill a job and remove all that it has left',
    params,
    answers: { 200: { what: 'the job as it was before', body: JobInfo } },
    errors: ['not_found', 'agent_failed'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    sendJson(reply, 200, await job.remove());
  }

  @Route({
    verb: 'GET',
    path: ':agent/:job/info',
    access: 'viewer',
    noStore: true,
    summary: 'A job',
    params,
    answers: { 200: { what: 'the job', body: JobInfo } },
    errors: ['not_found', 'agent_failed'],
  })
  async info(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    sendJson(reply, 200, await job.info());
  }
}
