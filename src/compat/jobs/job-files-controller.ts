// The files of pRouter's jobs, with the stdout and stderr of their programs as two more files.
import { Controller, Req, Res } from '@nestjs/common';
import { hasWriteQuery, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendBytes } from '../../http/send-bytes.js';
import { sendEmpty } from '../../http/send-response.js';
import { boundedBody } from '../../http/spool.js';
import { CodedError } from '../../model/coded-error.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { JobHosts } from './job-hosts.js';
import { jobParameters } from './jobs.js';

const params = { ...jobParameters, path: 'from the folder of the job' };
const bytes = { 'application/octet-stream': { type: 'string', format: 'binary' } };

@Controller('jobs')
export class JobFilesController {
  constructor(
    private readonly hosts: JobHosts,
    private readonly spool: MessageSpool,
  ) {}

  @Route({
    verb: 'GET',
    path: ':agent/:job/file/*',
    access: 'viewer',
    noStore: true,
    writeQuery: 'remove',
    summary: 'Read a file of a job',
    description: '`.pagent.stdout` and `.pagent.stderr` are what its program has written so far.',
    params,
    query: { remove: '1: the file goes when it has been sent; for authors, and no page of another origin' },
    answers: { 200: { what: 'the file', body: bytes } },
    errors: ['not_found', 'invalid_request', 'agent_failed'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const path = request.params['*'];
    const remove = hasWriteQuery(request) && request.method !== 'HEAD';
    void reply.header('content-type', 'application/octet-stream').header('content-disposition', 'attachment');
    const job = await this.hosts.of(request);
    const { bytes, content, sent } = await job.readFile(path, { remove, headOnly: request.method === 'HEAD' });
    if (sent) reply.raw.once('finish', () => void sent().catch((error) => request.log.warn(error)));
    await (bytes === undefined ? reply.send(content) : sendBytes(reply, content, bytes));
  }

  @Route({
    verb: 'POST',
    path: ':agent/:job/file/*',
    access: 'author',
    noStore: true,
    summary: 'Put a file into the folder of a job',
    params,
    query: { executable: '1: a program' },
    body: bytes,
    answers: { 200: { what: 'it is there; folders were made as they were needed' } },
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full', 'agent_failed'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const job = await this.hosts.of(request);
    checkUpload(request);
    const path = request.params['*'];
    const executable = queryOf(request).get('executable') === '1';
    const content = () => boundedBody(request.raw, this.spool.messageBytes, this.spool.room);
    await job.writeFile(path, { content, executable });
    sendEmpty(reply, 200);
  }
}

/** Throws invalid_request with the sentences of pRouter. */
function checkUpload({ givenContentType, headers }: Request): void {
  if (!/^application\/octet-stream\s*(;|$)/i.test(givenContentType ?? ''))
    throw new CodedError(
      'invalid_request',
      `unsupported content type for HTTP upload: '${givenContentType ?? ''}'; send application/octet-stream`,
    );
  if (headers['content-length'] === undefined) throw new CodedError('invalid_request', 'no Content-Length provided');
}
