// The access tokens of any user, for admins: /api/user/REF/token/.
import { Controller, Req, Res } from '@nestjs/common';
import { Tokens } from '../../accounts/tokens.js';
import { Users } from '../../accounts/users.js';
import { numberIn, principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { userTokenUri } from '../../http/urls.js';
import { listedToken } from './account-bodies.js';
import { NewTokens, newTokenRoute } from './new-tokens.js';
import { refuseLimited } from './refuse-limited.js';

const params = { ref: 'number or name of the user; a text of digits is always the number' };

@Controller('api/user/:ref/token')
export class UserTokenController {
  constructor(
    private readonly users: Users,
    private readonly tokens: Tokens,
    private readonly newTokens: NewTokens,
  ) {}

  @Route({
    verb: 'GET',
    access: 'admin',
    summary: 'List the access tokens of a user',
    params,
    answers: { 200: { what: 'the tokens, without their secret text', body: { 'application/json': { type: 'object' } } } },
    errors: ['not_found'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const tokens = await this.tokens.list(await this.userIdOf(request));
    sendJson(reply, 200, { objects: tokens.map(listedToken) });
  }

  @Route({
    ...newTokenRoute,
    access: 'admin',
    summary: 'Create an access token for a user',
    description: 'The token acts as that user, with at most the rights that the user has at the time.',
    params,
    errors: [...newTokenRoute.errors, 'not_found'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const userId = await this.userIdOf(request);
    await this.newTokens.send(request, reply, { userId, uri: (id) => userTokenUri(userId, id) });
  }

  @Route({
    verb: 'DELETE',
    path: ':id',
    access: 'admin',
    summary: 'Revoke an access token of a user',
    params: { ...params, id: 'the number of the token' },
    answers: { 204: { what: 'revoked; what is open with it is closed' } },
    errors: ['not_found'],
  })
  async revoke(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const userId = await this.userIdOf(request);
    await this.tokens.remove(
      userId,
      numberIn(request, (text) => `there is no token '${text}'`),
    );
    sendEmpty(reply, 204);
  }

  /** Throws forbidden for a token with scopes or an end, and not_found. */
  private async userIdOf(request: Request): Promise<number> {
    refuseLimited(principalOf(request));
    return Number((await this.users.find(request.params.ref)).id);
  }
}
