// All files of a pRouter job as one tar, out and in.

import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Controller, Req, Res } from '@nestjs/common';
import { controlDirectory } from '../../protocol/control-directory.js';
import { nameFilter } from '../../results/name-filter.js';
import { packTar } from '../../results/pack-tar.js';
import { unpackTar } from '../../results/unpack-tar.js';
import { newRunId } from '../../runs/build-order.js';
import { FilesOfRuns } from '../../runs/files-of-runs.js';
import { Runs } from '../../runs/runs.js';
import { sendEmpty } from '../answer.js';
import { MessageBounds } from '../execute/read-request.js';
import { boundedBody, spool } from '../execute/spool.js';
import { principalOf, queryOf, type Reply, type Request } from '../request.js';
import { Route } from '../route.js';
import { Jobs, jobParameters } from './jobs.js';

const params = jobParameters;
const tar = { 'application/octet-stream': { type: 'string', format: 'binary' } };

@Controller('jobs')
export class JobArchiveController {
  constructor(
    private readonly jobs: Jobs,
    private readonly runs: Runs,
    private readonly files: FilesOfRuns,
    private readonly bounds: MessageBounds,
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
    errors: ['not_found', 'invalid_request'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const { id } = await this.jobs.asked(request);
    const query = queryOf(request);
    const isWanted = nameFilter({ include: query.getAll('include'), exclude: query.getAll('exclude') });
    const files = await this.files.reading(viewer, id);
    void reply.header('content-type', 'application/octet-stream').header('content-disposition', 'attachment');
    if (request.method === 'HEAD') return sendEmpty(reply, 200);
    const packed = await packTar(files, isWanted);
    // what goes wrong destroys both, which cuts the answer
    await reply.send(query.get('compress') === '1' ? pipeline(packed, createGzip(), () => {}) : packed);
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
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const owner = principalOf(request);
    const { id } = await this.jobs.asked(request);
    const { messageBytes, runsRoot } = this.bounds;
    // spooled under an id of its own, as a request that no run comes of
    const spoolId = newRunId();
    await this.files.putting(owner, id, async (files) => {
      try {
        const { path } = await spool(boundedBody(request.raw, messageBytes), controlDirectory(runsRoot, spoolId).message, messageBytes);
        await unpackTar(path, files, messageBytes);
      } finally {
        await this.runs.discard(spoolId);
      }
    });
    sendEmpty(reply, 200);
  }
}
