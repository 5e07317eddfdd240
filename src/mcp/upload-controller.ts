// Takes the files that request_upload has asked for.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, type Reply, type Request } from '../http/request.js';
import { Route } from '../http/route.js';
import { sendJson } from '../http/send-response.js';
import { boundedBody } from '../http/spool.js';
import { refuseEnded } from '../model/ended-credentials.js';
import { Uploads } from '../run-http/uploads.js';

@Controller('mcp/upload')
export class UploadController {
  constructor(private readonly uploads: Uploads) {}

  @Route({
    verb: 'PUT',
    path: ':id',
    access: 'runner',
    ticket: 'send',
    forAgents: true,
    summary: 'Send a file ahead, to a URL that the tool request_upload has given',
    description: 'The URL is good once. upload:ID then stands for the file wherever run:ID/output would.',
    params: { id: 'the id of the upload' },
    body: { '*/*': { type: 'string', format: 'binary' } },
    answers: {
      201: {
        what: 'the value that stands for the file, and its size',
        body: { 'application/json': { type: 'object', properties: { value: { type: 'string' }, bytes: { type: 'integer' } } } },
      },
    },
    errors: ['not_found', 'wrong_state', 'message_too_large', 'too_many_uploads', 'disk_full', 'invalid_request'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const { id } = request.params;
    const content = boundedBody(request.raw, this.uploads.bytesBound);
    const arriving = { content, mediaType: request.givenContentType, check: () => refuseEnded(caller) };
    const bytes = await this.uploads.receive(caller.userId, id, arriving);
    sendJson(reply, 201, { value: `upload:${id}`, bytes });
  }
}
