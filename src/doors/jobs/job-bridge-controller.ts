// pRouter's wsconnect: the server joins a WebSocket of a job with one that it opens elsewhere, where CALLBACK_HOSTS lets it.
import { Controller, Logger, Req, Res } from '@nestjs/common';
import { CodedError } from '../../protocol/coded-error.js';
import { AllowedHosts } from '../allowed-hosts.js';
import { readJsonObject } from '../json-body.js';
import { RunProxy } from '../proxy/run-proxy.js';
import { type Reply, type Request } from '../request.js';
import { Route } from '../route.js';
import { join, openWebSocket } from './bridge.js';
import { Jobs, jobParameters } from './jobs.js';

@Controller('jobs')
export class JobBridgeController {
  private readonly logger = new Logger('jobs');

  constructor(
    private readonly jobs: Jobs,
    private readonly proxy: RunProxy,
    private readonly hosts: AllowedHosts,
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
    errors: ['invalid_json', 'invalid_request', 'forbidden', 'not_found', 'port_not_ready', 'port_gone'],
  })
  async connect(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.jobs.asked(request);
    const url = this.allowed(await readJsonObject(request));
    if (row.port === null) throw new CodedError('port_gone', 'Proxy error: job does not contain a running server');
    const { host, port } = this.proxy.placeOf(row);
    const [, path = '/'] = /^\/[^?]*?\/wsconnect(\/.*)$/s.exec(request.raw.url ?? '') ?? [];
    const own = await openWebSocket(`ws://${host.includes(':') ? `[${host}]` : host}:${port}${path}`).catch((error: Error) => {
      throw new CodedError('invalid_request', `the job has not opened the WebSocket: ${error.message}`);
    });
    void reply.code(200).send('');
    try {
      join(own, await openWebSocket(url, { lookup: this.hosts.lookup }));
    } catch (error) {
      own.close();
      this.logger.warn(`${url} has not opened the WebSocket for job ${row.id}: ${(error as Error).message}`);
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
