// pRouter's wsconnect: the server joins a WebSocket of a job with a WebSocket that it opens elsewhere, where CALLBACK_HOSTS allows the host.
import { Controller, Logger, Req, Res } from '@nestjs/common';
import { OpenConnections } from '../../accounts/open-connections.js';
import { readJsonObject } from '../../http/json-body.js';
import { wasRevoked } from '../../http/open-request.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { AllowedHosts } from '../../model/allowed-hosts.js';
import { CodedError } from '../../model/coded-error.js';
import { JobHosts } from './job-hosts.js';
import { jobParameters } from './jobs.js';
import { join, ofLine, openLine } from './messages.js';

@Controller('jobs')
export class JobBridgeController {
  private readonly logger = new Logger('jobs');

  constructor(
    private readonly jobs: JobHosts,
    private readonly hosts: AllowedHosts,
    private readonly open: OpenConnections,
  ) {}

  @Route({
    verb: 'POST',
    path: [':agent/:job/wsconnect', ':agent/:job/wsconnect/*'],
    access: 'author',
    noStore: true,
    summary: 'Join a WebSocket of a job with one elsewhere',
    description: 'Answered when the job has opened its own; then `url` is dialled, whose host must be in CALLBACK_HOSTS.',
    params: { ...jobParameters, path: "the job's own address" },
    body: { 'application/json': { type: 'object', properties: { url: { type: 'string', example: 'wss://example.com/feed' } } } },
    answers: { 200: { what: 'the job side is open' } },
    errors: ['invalid_json', 'invalid_request', 'forbidden', 'not_found', 'port_not_ready', 'port_gone', 'agent_failed'],
  })
  async connect(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const url = this.allowed(await readJsonObject(request));
    const job = await this.jobs.of(request);
    const own = await job.openWebSocket(request).catch((error: Error) => {
      if (error instanceof CodedError && error.code !== 'upgrade_refused') throw error;
      throw new CodedError('invalid_request', `the job has not opened the WebSocket: ${error.message}`);
    });
    if (wasRevoked(reply.raw)) return own.end();
    // the connection outlives its request
    const leave = this.open.hold(principalOf(request), () => own.end());
    void reply.code(200).send('');
    try {
      await join(own, ofLine(await openLine(url, { lookup: this.hosts.lookup })));
    } catch (error) {
      own.end();
      this.logger.warn(`${url} has not opened the WebSocket for job ${request.params.job}: ${(error as Error).message}`);
    } finally {
      leave();
    }
  }

  private allowed({ url, ...more }: Record<string, unknown>): string {
    if (typeof url !== 'string' || Object.keys(more).length > 0 || !/^(ws|http)s?:\/\//i.test(url))
      throw new CodedError('invalid_request', 'Invalid request payload:\nurl must be the address of a WebSocket, and stand alone');
    const fault = this.hosts.fault(url.replace(/^ws/i, 'http'));
    if (fault) throw new CodedError('forbidden', `url ${fault}`);
    return url;
  }
}
