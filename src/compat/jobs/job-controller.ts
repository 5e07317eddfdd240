// pRouter's jobs: started, waited for, asked about, removed.
import { Controller, Req, Res } from '@nestjs/common';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { readJsonObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { Runs } from '../../runs/runs.js';
import { Agents } from './agents.js';
import { readJobStart } from './job-bodies.js';
import { JobInfo } from './job-info.js';
import { Jobs, jobParameters, startFailure } from './jobs.js';
import { RemoteJob } from './remote-job.js';

const params = jobParameters;
const object = (properties: object) => ({ 'application/json': { type: 'object', properties } });
const failures: ErrorCode[] = [
  ...(['port_missing', 'exit', 'signal', 'memory_limit', 'cpu_limit', 'spawn_error'] as const),
  ...(['queue_full', 'launcher_unavailable', 'disk_full'] as const),
];

@Controller('jobs')
export class JobController {
  constructor(
    private readonly jobs: Jobs,
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
    private readonly agents: Agents,
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
    body: object({
      args: { type: 'array', items: { type: 'string' } },
      env: { type: 'object' },
      cwd: { type: 'string', nullable: true },
      port_expected_count: { type: 'integer', default: 1 },
      forward_stdout: { type: 'boolean' },
    }),
    answers: { 200: { what: 'the job, RUNNING', body: JobInfo } },
    errors: ['invalid_json', 'invalid_request', 'not_found', 'wrong_state', 'agent_failed', ...failures],
  })
  async start(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = this.agents.remoteJob(request) ?? (await this.jobs.asked(request));
    const start = readJobStart(await readJsonObject(request));
    if (job instanceof RemoteJob) return sendJson(reply, 200, await job.start(start));
    const row = await this.jobs.start(principalOf(request), job.id, { start, reachedAt: request.raw.socket });
    const failure = startFailure(row, start);
    if (!failure) return sendJson(reply, 200, this.jobs.show(row));
    if (row.success) throw failure;
    await this.answers.sendFailure(reply, row, await this.runs.log(row.id));
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
    const elsewhere = this.agents.remoteJob(request);
    if (elsewhere) return sendJson(reply, 200, await elsewhere.wait(disconnectSignal(reply)));
    const row = await this.jobs.asked(request);
    await this.jobs.ended(row, disconnectSignal(reply));
    sendJson(reply, 200, this.jobs.show(row));
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
    const elsewhere = this.agents.remoteJob(request);
    if (elsewhere) return sendJson(reply, 200, await elsewhere.remove());
    const row = await this.jobs.asked(request);
    sendJson(reply, 200, this.jobs.show(await this.jobs.remove(principalOf(request), row)));
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
    const elsewhere = this.agents.remoteJob(request);
    sendJson(reply, 200, elsewhere ? await elsewhere.info() : this.jobs.show(await this.jobs.asked(request)));
  }
}
