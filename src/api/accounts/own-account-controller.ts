// The account of the caller: /api/me/ and /api/token/.
import { Controller, Req, Res } from '@nestjs/common';
import { Tokens } from '../../accounts/tokens.js';
import { Users } from '../../accounts/users.js';
import { numberIn, principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import { NewTokenBody, OwnPasswordBody, TokenBody, UserBody, userBody } from './account-bodies.js';

@Controller('api')
export class OwnAccountController {
  constructor(
    private readonly users: Users,
    private readonly tokens: Tokens,
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
    sendJson(reply, 200, userBody(await this.users.change(principalOf(request).userId, { password }), basePath()));
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
    const objects = tokens.map(({ id, name, scopes, expiresAtMs, createdAtMs }) => ({
      id: Number(id),
      name,
      scopes: scopes && JSON.parse(scopes),
      expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
      created_at: new Date(createdAtMs).toISOString(),
    }));
    sendJson(reply, 200, { objects });
  }

  @Route({
    verb: 'POST',
    path: 'token',
    access: 'viewer',
    summary: 'Create an access token',
    description:
      'Send it as Authorization: Bearer, as X-Access-Token, as Authorization: ApiKey user:token, or as the password of HTTP Basic, with your name or `token` as the user name.',
    body: { 'application/json': NewTokenBody },
    answers: { 201: { what: 'the token, which is shown only this once', body: TokenBody } },
    errors: ['invalid_json', 'invalid_request', 'unsupported_media_type'],
  })
  async createToken(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    refuseLimited(principalOf(request));
    const { name, expires_at, scopes = null } = await readValidated(request, NewTokenBody);
    const expiresAtMs = expires_at === undefined ? null : Date.parse(expires_at);
    const { id, token } = await this.tokens.create(principalOf(request).userId, { name, expiresAtMs, scopes });
    sendJson(reply, 201, { id, name, token });
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
    const id = numberIn(request, (text) => `you have no token '${text}'`);
    await this.tokens.remove(principalOf(request).userId, id);
    sendEmpty(reply, 204);
  }
}

/** A caller with a token that has scopes or an end could otherwise give itself more rights, or revoke the tokens of others. */
function refuseLimited({ limited }: Principal): void {
  if (limited) throw new CodedError('forbidden', 'a token with scopes or an expiry cannot manage tokens or change the password');
}
