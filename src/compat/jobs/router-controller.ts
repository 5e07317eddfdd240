// What pRouter reports about itself, how the server is ended, and where jobs report the port on which they listen.
import { Controller, Req, Res } from '@nestjs/common';
import { isFromThisMachine } from '../../http/loopback.js';
import { queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { CodedError } from '../../model/coded-error.js';
import { identity, platform } from './agent-identity.js';
import { Agents } from './agents.js';
import { Jobs } from './jobs.js';

const json = { 'application/json': { type: 'object' } };

@Controller()
export class RouterController {
  constructor(
    private readonly jobs: Jobs,
    private readonly agents: Agents,
  ) {}

  @Route({
    verb: 'GET',
    path: 'info',
    access: 'viewer',
    noStore: true,
    summary: 'Who this is and on which platform, as pRouter says it',
    answers: { 200: { what: '`auth` and `platform`', body: json } },
  })
  info(@Res() reply: Reply): void {
    sendJson(reply, 200, { auth: identity, platform });
  }

  @Route({
    verb: 'GET',
    path: 'connections',
    access: 'viewer',
    noStore: true,
    summary: 'The agents on which jobs can run: this server itself, those that have connected to it, and those that it has dialled',
    answers: { 200: { what: '`connections`, without anybody’s token', body: json } },
  })
  connections(@Res() reply: Reply): void {
    sendJson(reply, 200, { connections: this.agents.list() });
  }

  @Route({
    verb: 'POST',
    path: 'shutdown',
    access: 'admin',
    noStore: true,
    summary: 'End this server, as TERM does (ON_SHUTDOWN)',
    answers: { 200: { what: 'it ends' } },
  })
  shutdown(@Res() reply: Reply): void {
    reply.raw.once('close', () => process.kill(process.pid, 'SIGTERM'));
    sendEmpty(reply.header('connection', 'close'), 200);
  }

  @Route({
    verb: 'GET',
    path: 'job_started',
    access: 'public',
    noStore: true,
    summary: "Where a job's program says on which port it listens: from this machine, without a login; the job's id is the secret",
    query: { job_id: 'DA__PAGENT__JOB_ID', port: 'on 127.0.0.1' },
    answers: { 200: { what: '`OK`', body: { 'text/plain': { type: 'string' } } } },
    errors: ['invalid_request', 'not_found'],
  })
  async started(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (!isFromThisMachine(request.raw)) throw new CodedError('not_found', 'there is nothing at this address');
    const query = queryOf(request);
    if ([...query].length > 2) throw new CodedError('invalid_request', 'too many query parameters; there are job_id and port');
    const uid = query.get('job_id') ?? '';
    const port = query.get('port') ?? '';
    if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535)
      throw new CodedError('invalid_request', `port must be a number from 1 to 65535, not '${port}'`);
    if (!(await this.jobs.handOver(uid, Number(port))))
      throw new CodedError('invalid_request', `job '${uid.slice(0, 64)}' is not found, or does not wait for its port`);
    void reply.code(200).header('content-type', 'text/plain; charset=utf-8').send('OK');
  }
}
