// Users, for admins: /api/user/.
import { Controller, Req, Res } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import { pageBounds, refuseUnknown } from '../../http/pages.js';
import { queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError } from '../../model/coded-error.js';
import { Runs } from '../../runs/runs.js';
import { NewUserBody, UserBody, UserChangeBody, userBody } from './account-bodies.js';

const params = { ref: 'number or name of the user; a text of digits is always the number' };

@Controller('api/user')
export class UserController {
  constructor(
    private readonly users: Users,
    private readonly runs: Runs,
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
    body: { 'application/json': NewUserBody },
    answers: { 201: { what: 'created', body: UserBody, headers: { Location: 'the user' } } },
    errors: ['invalid_json', 'invalid_request', 'name_taken', 'unsupported_media_type'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const user = userBody(await this.users.create(await readValidated(request, NewUserBody)), basePath());
    sendJson(reply.header('location', user.resource_uri), 201, user);
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
    const { stop = false, ...change } = { ...(await readValidated(request, UserChangeBody)) };
    if (stop && !change.disabled) throw new CodedError('invalid_request', '"stop": true is only allowed together with "disabled": true');
    const { id } = await this.users.find(request.params.ref);
    const user = await this.users.change(id, change);
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
    const { id } = await this.users.find(request.params.ref);
    await this.users.remove(id);
    sendEmpty(reply, 204);
  }
}
