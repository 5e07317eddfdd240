// Says how to sign in, where clients of the protocol look for it (RFC 9728): by a header, since no server gives out tokens for this one.
import { Controller, Req, Res } from '@nestjs/common';
import { publicUrl, resourceMetadataPath } from '../http/public-url.js';
import type { Reply, Request } from '../http/request.js';
import { Route } from '../http/route.js';
import { sendJson } from '../http/send-response.js';

@Controller()
export class MetadataController {
  @Route({
    verb: 'GET',
    path: resourceMetadataPath,
    access: 'public',
    summary: 'Describe how AI agents sign in (RFC 9728)',
    answers: { 200: { what: 'the metadata of /mcp as a protected resource', body: { 'application/json': { type: 'object' } } } },
  })
  describe(@Req() request: Request, @Res() reply: Reply): void {
    const base = publicUrl(request);
    sendJson(reply, 200, {
      resource: `${base}/mcp`,
      resource_name: 'process-registry',
      authorization_servers: [],
      bearer_methods_supported: ['header'],
    });
  }
}
