// The account of the caller: /api/me/ and /api/token/.
import { Controller, Req, Res } from '@nestjs/common';
import { Tokens } from '../../accounts/tokens.js';
import { Users } from '../../accounts/users.js';
import { numberIn, principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath, tokenUri } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { refuseEnded } from '../../model/ended-credentials.js';
import { listedToken, OwnPasswordBody, UserBody, userBody } from './account-bodies.js';
import { NewTokens, newTokenRoute } from './new-tokens.js';
import { refuseLimited } from './refuse-limited.js';

@Controller('api')
export class OwnAccountController {
  constructor(
    private readonly users: Users,
    private readonly tokens: Tokens,
    private readonly newTokens: NewTokens,
  ) {}

  @Route({
    verb: 'GET',
    path: 'me',
    access: 'viewer',
    summary: 'Read your own user',
    answers: { 200: { what: 'your user', body: UserBody } },
  })
  async me(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    sendJson(reply, 200, userBody(await this.users.get(principalOf(request).userId), basePath()));
  }

  @Route({
    verb: 'PATCH',
    path: 'me',
    access: 'viewer',
    summary: 'Change your password',
    body: { 'application/json': OwnPasswordBody },
    answers: { 200: { what: 'your user', body: UserBody } },
    errors: ['invalid_json', 'invalid_request', 'unsupported_media_type'],
  })
  async changePassword(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { password } = await readValidated(request, OwnPasswordBody);
    refuseLimited(principalOf(request));
    const user = principalOf(request);
    sendJson(reply, 200, userBody(await this.users.change(user.userId, { password }, () => refuseEnded(user)), basePath()));
  }

  @Route({
    verb: 'GET',
    path: 'token',
    access: 'viewer',
    summary: 'List your access tokens',
    answers: { 200: { what: 'the tokens, without their secret text', body: { 'application/json': { type: 'object' } } } },
  })
  async listTokens(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    refuseLimited(principalOf(request));
    const tokens = await this.tokens.list(principalOf(request).userId);
    sendJson(reply, 200, { objects: tokens.map(listedToken) });
  }

  @Route({
    ...newTokenRoute,
    path: 'token',
    access: 'viewer',
    summary: 'Create an access token',
    description:
      'Send it as Authorization: Bearer, as X-Access-Token, as Authorization: ApiKey user:token, or as the password of HTTP Basic, with your name or `token` as the user name.',
  })
  async createToken(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    refuseLimited(principalOf(request));
    await this.newTokens.send(request, reply, { userId: principalOf(request).userId, uri: tokenUri });
  }

  @Route({
    verb: 'DELETE',
    path: 'token/:id',
    access: 'viewer',
    summary: 'Remove one of your tokens',
    params: { id: 'the number of the token' },
    answers: { 204: { what: 'removed' } },
    errors: ['not_found'],
  })
  async removeToken(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    refuseLimited(principalOf(request));
    const id = numberIn(request, (text) => `there is no token '${text}'`);
    await this.tokens.remove(principalOf(request).userId, id);
    sendEmpty(reply, 204);
  }
}
