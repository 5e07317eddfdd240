// Users, for admins: /api/user/.
import { Controller, Req, Res } from '@nestjs/common';
import { slowDigest } from '../../accounts/password-hash.js';
import { unlessEnded } from '../../accounts/unless-ended.js';
import { Users } from '../../accounts/users.js';
import { idempotencyKeyOf, keyedRequest, keyHeader } from '../../http/idempotency-key.js';
import { pageBounds, refuseUnknown } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath, userUri } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError, nullIfMissing } from '../../model/coded-error.js';
import { refuseEnded } from '../../model/ended-credentials.js';
import type { KeyedRequest } from '../../model/keyed-request.js';
import { IdempotencyKeys } from '../../runs/idempotency-keys.js';
import { Runs } from '../../runs/runs.js';
import { NewUserBody, UserBody, UserChangeBody, userBody } from './account-bodies.js';
import { refuseLimited } from './refuse-limited.js';

const params = { ref: 'number or name of the user; a text of digits is always the number' };

@Controller('api/user')
export class UserController {
  constructor(
    private readonly users: Users,
    private readonly runs: Runs,
    private readonly keys: IdempotencyKeys,
  ) {}

  @Route({
    verb: 'GET',
    access: 'admin',
    summary: 'List users',
    query: { limit: 'at most 1000; default: all', offset: 'default 0' },
    answers: {
      200: {
        what: 'the users',
        body: {
          'application/json': {
            type: 'object',
            properties: { objects: { type: 'array', items: { $ref: '#/components/schemas/UserBody' } } },
          },
        },
      },
    },
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    refuseUnknown(query, ['limit', 'offset']);
    const { limit, offset } = pageBounds(query);
    const users = (await this.users.list()).slice(offset, query.has('limit') ? offset + limit : undefined);
    sendJson(reply, 200, { objects: users.map((user) => userBody(user, basePath())) });
  }

  @Route({
    verb: 'POST',
    access: 'admin',
    summary: 'Create a user',
    headers: keyHeader,
    body: { 'application/json': NewUserBody },
    answers: { 201: { what: 'created', body: UserBody, headers: { Location: 'the user' } } },
    errors: ['invalid_json', 'invalid_request', 'name_taken', 'idempotency_mismatch', 'unsupported_media_type'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const admin = principalOf(request);
    refuseLimited(admin);
    const wanted = await readValidated(request, NewUserBody);
    const { row, id, status, location } = await this.keys.once(await keyedUser(request, wanted), {
      create: (also) => this.users.create(wanted, unlessEnded(admin, also)),
      uri: userUri,
    });
    void reply.header('location', location);
    const user = row ?? (await this.users.get(id).catch(nullIfMissing));
    if (user) sendJson(reply, status, userBody(user, basePath()));
    else sendEmpty(reply, status);
  }

  @Route({
    verb: 'GET',
    path: ':ref',
    access: 'admin',
    summary: 'Read a user',
    params,
    answers: { 200: { what: 'the user', body: UserBody } },
    errors: ['not_found'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    sendJson(reply, 200, userBody(await this.users.find(request.params.ref), basePath()));
  }

  @Route({
    verb: 'PATCH',
    path: ':ref',
    access: 'admin',
    summary: 'Change a user: name, password, role, disabled',
    description:
      'When a user is disabled, demoted or removed, every open response, stream and WebSocket of that user is closed at once. After a change of the password, only those that were opened with the old one are closed. ' +
      'No run starts any more for a user who is disabled, removed or a viewer. Waiting runs end as `cancelled`. Active runs continue, unless "stop" is true.',
    params,
    body: { 'application/json': UserChangeBody },
    answers: { 200: { what: 'the user', body: UserBody } },
    errors: ['invalid_json', 'invalid_request', 'not_found', 'name_taken', 'unsupported_media_type'],
  })
  async change(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const admin = principalOf(request);
    refuseLimited(admin);
    const { stop = false, ...change } = { ...(await readValidated(request, UserChangeBody)) };
    if (stop && !change.disabled) throw new CodedError('invalid_request', '"stop": true is only allowed together with "disabled": true');
    const { id } = await this.users.find(request.params.ref);
    const user = await this.users.change(id, change, () => refuseEnded(admin));
    if (stop) this.runs.stopBarred(Number(user.id));
    sendJson(reply, 200, userBody(user, basePath()));
  }

  @Route({
    verb: 'DELETE',
    path: ':ref',
    access: 'admin',
    summary: 'Remove a user and the tokens of the user; definitions and runs stay',
    params,
    answers: { 204: { what: 'removed' } },
    errors: ['not_found', 'invalid_request'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    refuseLimited(principalOf(request));
    const { id } = await this.users.find(request.params.ref);
    await this.users.remove(id);
    sendEmpty(reply, 204);
  }
}

/** The password is in the body: its digest is as slow to guess as the hash of the password. */
async function keyedUser(request: Request, body: NewUserBody): Promise<KeyedRequest | undefined> {
  const key = idempotencyKeyOf(request);
  if (key === null) return undefined;
  return keyedRequest(request, { mediaType: request.givenContentType, digest: await slowDigest(JSON.stringify(body), key) });
}
