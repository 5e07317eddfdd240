// One's own account: /api/me/ and /api/token/.
import { Controller, Req, Res } from '@nestjs/common';
import { Tokens } from '../../accounts/tokens.js';
import { Users } from '../../accounts/users.js';
import { CodedError } from '../../protocol/coded-error.js';
import { mayActAs, type Principal, type Role } from '../../protocol/roles.js';
import { sendEmpty, sendJson } from '../answer.js';
import { basePath } from '../links.js';
import { principalOf, type Reply, type Request } from '../request.js';
import { Route } from '../route.js';
import { readValidated } from '../validated-body.js';
import { NewTokenBody, OwnPasswordBody, TokenBody, UserBody, userBody } from './account-bodies.js';

@Controller('api')
export class OwnAccountController {
  constructor(
    private readonly users: Users,
    private readonly tokens: Tokens,
  ) {}

  @Route({ verb: 'GET', path: 'me', access: 'viewer', summary: 'Who you are', answers: { 200: { what: 'your user', body: UserBody } } })
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
    if (await this.isLimited(principalOf(request))) throw new CodedError('forbidden', 'a token with scopes cannot change the password');
    sendJson(reply, 200, userBody(await this.users.change(principalOf(request).userId, { password }), basePath()));
  }

  @Route({
    verb: 'GET',
    path: 'token',
    access: 'viewer',
    summary: 'List your access tokens',
    answers: { 200: { what: 'without the tokens themselves', body: { 'application/json': { type: 'object' } } } },
  })
  async listTokens(@Req() request: Request, @Res() reply: Reply): Promise<void> {
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
    summary: 'Make an access token',
    description: 'Send it as Authorization: Bearer, as X-Access-Token, or as Authorization: ApiKey user:token.',
    body: { 'application/json': NewTokenBody },
    answers: { 201: { what: 'the token, shown this once', body: TokenBody } },
    errors: ['invalid_json', 'invalid_request', 'unsupported_media_type'],
  })
  async createToken(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { name, expires_at, scopes: wanted } = await readValidated(request, NewTokenBody);
    const scopes = await this.grantedScopes(principalOf(request), wanted);
    const expiresAtMs = expires_at === undefined ? null : Date.parse(expires_at);
    const { id, token } = await this.tokens.create(principalOf(request).userId, { name, expiresAtMs, scopes });
    sendJson(reply, 201, { id, name, token });
  }

  @Route({
    verb: 'DELETE',
    path: 'token/:id',
    access: 'viewer',
    summary: 'Remove one of your tokens',
    params: { id: 'its number' },
    answers: { 204: { what: 'removed' } },
    errors: ['not_found'],
  })
  async removeToken(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { id } = request.params;
    if (!/^[1-9]\d{0,14}$/.test(id)) throw new CodedError('not_found', `you have no token '${id}'`);
    await this.tokens.remove(principalOf(request).userId, Number(id));
    sendEmpty(reply, 204);
  }

  /** A token never gives more than its maker has. */
  private async grantedScopes(maker: Principal, wanted: Role[] | undefined): Promise<Role[] | null> {
    if (!(await this.isLimited(maker))) return wanted ?? null;
    const beyond = wanted?.find((role) => !mayActAs(maker.role, role));
    if (beyond) throw new CodedError('forbidden', `you are ${maker.role} and cannot give away the role ${beyond}`);
    return wanted ?? [maker.role];
  }

  /** Whether the caller came with a token whose scopes leave less than its user has. */
  private async isLimited({ userId, role }: Principal): Promise<boolean> {
    return (await this.users.get(userId)).role !== role;
  }
}
