// Reads all files of a run as one zip, and unpacks a zip into them.
import { Controller, Req, Res } from '@nestjs/common';
import { attachment } from '../../http/content-disposition.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendHead } from '../../http/send-response.js';
import { boundedBody } from '../../http/spool.js';
import { packFiles } from '../../results/pack-files.js';
import { unpackArchive } from '../../results/unpack-archive.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { FilesOfRuns } from '../../runs/files-of-runs.js';
import { Runs } from '../../runs/runs.js';

const id = { id: 'the id of the run' };
const zip = { 'application/zip': { type: 'string', format: 'binary' } };

@Controller('api/run')
export class RunArchiveController {
  constructor(
    private readonly files: FilesOfRuns,
    private readonly runs: Runs,
    private readonly spool: MessageSpool,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id/archive',
    access: 'viewer',
    ticket: 'again',
    summary: "Read a run's files as a zip",
    description: 'Contains the files of GET files/; the zip is created while it is read. Links and special files are left out.',
    params: id,
    answers: { 200: { what: 'the zip', body: zip } },
    errors: ['not_found', 'invalid_request'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { id: run } = request.params;
    const files = await this.files.reading(principalOf(request), run);
    void reply.header('content-type', 'application/zip').header('content-disposition', attachment(`${run}.zip`));
    void reply.header('content-security-policy', "sandbox; default-src 'none'");
    if (request.method === 'HEAD') return sendHead(reply);
    await reply.send(await packFiles(files));
  }

  @Route({
    verb: 'PUT',
    path: ':id/archive',
    access: 'runner',
    summary: "Unpack a zip into a run's work directory",
    description:
      'All entries are read and checked before the first one is written. An archive is refused as a whole if it has a path that leads out, a link, an entry that is damaged or encrypted, or more bytes than MAX_MESSAGE_BYTES. Files with the same paths are replaced; other files stay.',
    params: id,
    body: zip,
    answers: { 204: { what: 'unpacked' } },
    errors: ['not_found', 'invalid_request', 'wrong_state', 'path_taken', 'message_too_large', 'disk_full'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { messageBytes } = this.spool;
    await this.files.putting(principalOf(request), request.params.id, (files) =>
      this.runs.spooling(async ({ id }) => {
        const { path } = await this.spool.message(id, boundedBody(request.raw, messageBytes, this.spool.room));
        await unpackArchive(path, files, messageBytes);
      }),
    );
    sendEmpty(reply, 204);
  }
}
