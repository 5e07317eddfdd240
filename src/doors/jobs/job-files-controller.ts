// The files of pRouter's jobs, and what their programs have written to stdout and stderr as two files more.
import { Controller, Req, Res } from '@nestjs/common';
import { CodedError } from '../../protocol/coded-error.js';
import type { LogStream } from '../../protocol/log-format.js';
import { logStream } from '../../results/log-stream.js';
import { FilesOfRuns } from '../../runs/files-of-runs.js';
import { Runs } from '../../runs/runs.js';
import { sendEmpty } from '../answer.js';
import { MessageBounds } from '../execute/read-request.js';
import { boundedBody } from '../execute/spool.js';
import { hasWriteQuery, principalOf, queryOf, type Reply, type Request } from '../request.js';
import { Route } from '../route.js';
import { sendBytes } from '../runs/send-bytes.js';
import { wholeStream } from '../runs/whole-stream.js';
import { Jobs, jobParameters } from './jobs.js';

const params = { ...jobParameters, path: 'from the folder of the job' };
const bytes = { 'application/octet-stream': { type: 'string', format: 'binary' } };
const said: Record<string, LogStream> = { '.pagent.stdout': 'stdout', '.pagent.stderr': 'stderr' };

@Controller('jobs')
export class JobFilesController {
  constructor(
    private readonly jobs: Jobs,
    private readonly runs: Runs,
    private readonly files: FilesOfRuns,
    private readonly bounds: MessageBounds,
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
    errors: ['not_found', 'invalid_request'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const { id, state } = await this.jobs.asked(request);
    const path = request.params['*'];
    void reply.header('content-type', 'application/octet-stream').header('content-disposition', 'attachment');
    if (said[path] && state !== 'created') return void (await reply.send(logStream(await this.runs.log(id), { stream: said[path] })));
    const file = await (await this.files.reading(viewer, id)).open(path);
    if (request.method === 'HEAD') await file.close();
    else if (hasWriteQuery(request)) reply.raw.once('finish', () => void this.files.remove(viewer, id, path).catch(() => {}));
    const content = request.method === 'HEAD' ? Buffer.alloc(0) : wholeStream(file.read(), file.bytes);
    await sendBytes(reply, content, file.bytes);
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
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const owner = principalOf(request);
    const { id } = await this.jobs.asked(request);
    checkUpload(request);
    const executable = queryOf(request).get('executable') === '1';
    const content = () => boundedBody(request.raw, this.bounds.messageBytes);
    await this.files.putting(owner, id, (files) => files.put({ path: request.params['*'], content, executable }));
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
