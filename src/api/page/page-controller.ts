// The page: static files below /ui/, for which no login is needed.
import { hash } from 'node:crypto';
import { Controller, Req, Res } from '@nestjs/common';
import { wantedTypes } from '../../http/accept.js';
import { isKnown } from '../../http/conditions.js';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import { CodedError } from '../../model/coded-error.js';
import { typeByName } from '../../results/content-type.js';
import { pageHeaders } from './page-headers.js';
import { WebPage } from './web-page.js';

@Controller('ui')
export class PageController {
  constructor(private readonly page: WebPage) {}

  @Route({ verb: 'GET', path: ['', '*'], access: 'public', undocumented: true, summary: 'Show the page', answers: {} })
  async show(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (!this.page.isBuilt) throw unbuilt();
    const [address, query] = request.url.split(/(\?.*)/s);
    if (!address.startsWith('/ui/')) return void reply.redirect(`${basePath()}/ui/${query ?? ''}`, 308);
    const path = request.params['*'] ?? '';
    const name = this.page.nameAt(path);
    if (name === undefined) throw new CodedError('not_found', `the page has no file '${path.slice(0, 200)}'`);
    void reply.removeHeader('x-frame-options').headers(pageHeaders(path, name, this.page.embedOrigins));
    await this.send(request, reply, name);
  }

  private async send(request: Request, reply: Reply, name: string): Promise<void> {
    const isDocument = name.endsWith('.html');
    const file = this.page.file(name, isDocument ? [] : wantedTypes(request.headers['accept-encoding']));
    const bytes = isDocument ? placed(await file.read()) : await file.read();
    if (!isDocument) addVary(reply, 'Accept-Encoding');
    if (isKnown(request, reply, { etag: `"${hash('sha256', bytes, 'base64url')}"` })) return sendEmpty(reply, 304);
    if (file.encoding !== undefined) void reply.header('content-encoding', file.encoding);
    await reply
      .code(200)
      .header('content-type', typeByName(name) ?? 'application/octet-stream')
      .send(bytes);
  }
}

/** A document is built for /ui/, and may be served below BASE_PATH. */
function placed(document: Buffer): Buffer {
  return basePath() === '' ? document : Buffer.from(document.toString().replaceAll('="/ui/', `="${basePath()}/ui/`));
}

function unbuilt(): CodedError {
  return new CodedError(
    'not_found',
    `the page has not been built: dist/web is missing. \`npm start\` builds it from the sources. The API is described at ${basePath()}/docs`,
  );
}
