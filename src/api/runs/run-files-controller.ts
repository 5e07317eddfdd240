// The files of runs, one by one: written before the start or while the program runs, read at any time.
import { Controller, Req, Res } from '@nestjs/common';
import { conditionOf, writeConditions } from '../../http/conditions.js';
import { attachment } from '../../http/content-disposition.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { rangeHeaders, sendRanged } from '../../http/send-ranged.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { boundedBody } from '../../http/spool.js';
import { wholeStream } from '../../http/whole-stream.js';
import { typeByName } from '../../results/content-type.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { FilesOfRuns } from '../../runs/files-of-runs.js';
import { fileListBody, fileUri, RunFileList } from './file-body.js';

const id = { id: 'the id of the run' };
const oneFile = { ...id, path: 'relative to the work directory; may contain folders' };
const bytes = { '*/*': { type: 'string', format: 'binary' } };
const listBound = 10_000;

@Controller('api/run')
export class RunFilesController {
  constructor(
    private readonly files: FilesOfRuns,
    private readonly spool: MessageSpool,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id/files',
    access: 'viewer',
    summary: "List a run's files",
    description: `Before the start: the files that were put for the run. While the program runs: its work directory. Afterwards: the files that it left there. Lists at most ${listBound}; links and special files are left out.`,
    params: id,
    answers: { 200: { what: 'the files and folders', body: RunFileList } },
    errors: ['not_found'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { id: run } = request.params;
    const files = await this.files.reading(principalOf(request), run);
    sendJson(reply, 200, fileListBody(run, await files.list(listBound)));
  }

  @Route({
    verb: 'GET',
    path: ':id/files/*',
    access: 'viewer',
    ticket: 'again',
    summary: "Read a run's file",
    params: oneFile,
    headers: rangeHeaders,
    answers: {
      200: {
        what: 'the file',
        body: bytes,
        headers: { ETag: 'different after every change', 'Last-Modified': 'as the program left it', 'Accept-Ranges': 'bytes' },
      },
      206: { what: 'a part of it', body: bytes, headers: { 'Content-Range': 'which part' } },
      304: { what: 'unchanged' },
    },
    errors: ['not_found', 'invalid_request', 'range_not_satisfiable'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const path = pathOf(request);
    const files = await this.files.reading(principalOf(request), request.params.id);
    const file = await files.open(path);
    let taken = false;
    try {
      const name = path.split('/').pop() as string;
      void reply.header('content-disposition', attachment(name));
      await sendRanged(request, reply, {
        etag: file.etag,
        modifiedAtMs: file.modifiedAtMs,
        bytes: file.bytes,
        type: typeByName(name) ?? 'application/octet-stream',
        open: (range) => {
          taken = true;
          return wholeStream(file.read(range), range ? range.end - range.start + 1 : file.bytes);
        },
      });
    } finally {
      if (!taken) await file.close();
    }
  }

  @Route({
    verb: 'PUT',
    path: ':id/files/*',
    access: 'runner',
    summary: "Put a file into a run's work directory",
    description:
      'A file that is put before the start is there when the program starts. While the program runs, a new file appears in one step. Missing folders are created.',
    params: oneFile,
    headers: writeConditions,
    body: { 'application/octet-stream': { type: 'string', format: 'binary' } },
    answers: {
      201: { what: 'the file is new', headers: { Location: 'its address', ETag: 'its version' } },
      204: { what: 'the file replaced an existing one', headers: { ETag: 'its version' } },
    },
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'precondition_failed', 'message_too_large', 'disk_full'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const path = pathOf(request);
    const { id: run } = request.params;
    const content = () => boundedBody(request.raw, this.spool.messageBytes, this.spool.room);
    const condition = conditionOf(request, `the file '${path}'`);
    const { isNew, etag } = await this.files.putting(principalOf(request), run, (files) => files.put({ path, content, condition }));
    if (etag !== null) void reply.header('etag', etag);
    if (isNew) void reply.header('location', fileUri(run, path));
    sendEmpty(reply, isNew ? 201 : 204);
  }

  @Route({
    verb: 'DELETE',
    path: ':id/files/*',
    access: 'runner',
    summary: "Remove a run's file",
    params: oneFile,
    headers: writeConditions,
    answers: { 204: { what: 'removed' } },
    errors: ['not_found', 'invalid_request', 'wrong_state', 'precondition_failed'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const path = pathOf(request);
    const condition = conditionOf(request, `the file '${path}'`);
    await this.files.remove(principalOf(request), request.params.id, { path, condition });
    sendEmpty(reply, 204);
  }
}

/** The decoded path; whether it is allowed is judged by its parts. */
function pathOf(request: Request): string {
  return request.params['*'];
}
