// All files of a pRouter job as one tar: read and written.
import { Controller, Req, Res } from '@nestjs/common';
import { queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendBytes } from '../../http/send-bytes.js';
import { sendEmpty } from '../../http/send-response.js';
import { boundedBody } from '../../http/spool.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { JobHosts } from './job-hosts.js';
import { jobParameters } from './jobs.js';

const params = jobParameters;
const tar = { 'application/octet-stream': { type: 'string', format: 'binary' } };

@Controller('jobs')
export class JobArchiveController {
  constructor(
    private readonly hosts: JobHosts,
    private readonly spool: MessageSpool,
  ) {}

  @Route({
    verb: 'GET',
    path: ':agent/:job/archive',
    access: 'viewer',
    noStore: true,
    summary: 'Read the files of a job as a tar',
    description:
      'Links and special files are left out. In a pattern, `*` stands for any text, slashes too; there may be 8, of 512 characters together.',
    params,
    query: { include: 'a pattern; default: everything', exclude: 'a pattern; it goes before include', compress: '1: tar.gz' },
    answers: { 200: { what: 'the tar', body: tar } },
    errors: ['not_found', 'invalid_request', 'agent_failed'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    const compress = query.get('compress') === '1';
    const [include, exclude] = [query.getAll('include'), query.getAll('exclude')];
    void reply.header('content-type', 'application/octet-stream').header('content-disposition', 'attachment');
    const job = await this.hosts.of(request);
    const { bytes, content } = await job.readArchive({ include, exclude, compress });
    if (bytes !== undefined) return sendBytes(reply, content, bytes);
    if (request.method !== 'HEAD' || Buffer.isBuffer(content)) return void (await reply.send(content));
    content.destroy();
    sendEmpty(reply, 200);
  }

  @Route({
    verb: 'POST',
    path: ':agent/:job/archive',
    access: 'author',
    noStore: true,
    summary: 'Unpack a tar or tar.gz into the folder of a job',
    description:
      'Links are left out. All of it is read and judged before the first file is written: one with a path that leads out, or more bytes than MAX_MESSAGE_BYTES, is refused whole.',
    params,
    body: tar,
    answers: { 200: { what: 'unpacked' } },
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full', 'agent_failed'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    await job.writeArchive(() => boundedBody(request.raw, this.spool.messageBytes, this.spool.room));
    sendEmpty(reply, 200);
  }
}
