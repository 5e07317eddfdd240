// Bindings of definitions to streams: /api/binding/.
import { Controller, Req, Res } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import type { BindingEntity } from '../../bindings/binding.entity.js';
import { type BindingChange, Bindings } from '../../bindings/bindings.js';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { metaOf, pageBounds, refuseUnknown } from '../../http/pages.js';
import { numberIn, principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath, bindingUri } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { nullIfMissing } from '../../model/coded-error.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { IdempotencyKeys } from '../../runs/idempotency-keys.js';
import { BindingBody, BindingChangeBody, BindingList, bindingBody, NewBindingBody } from './binding-body.js';

const params = { id: 'the number of the binding' };
const bodyErrors: ErrorCode[] = ['invalid_json', 'invalid_request', 'not_found', 'ambiguous_name', 'unsupported_media_type'];

@Controller('api/binding')
export class BindingController {
  constructor(
    private readonly bindings: Bindings,
    private readonly users: Users,
    private readonly keys: IdempotencyKeys,
  ) {}

  @Route({
    verb: 'GET',
    access: 'viewer',
    summary: 'List bindings',
    description: 'Lists your own bindings; an admin sees all.',
    query: { limit: 'at most 1000; default 20', offset: 'default 0' },
    answers: { 200: { what: 'one page', body: BindingList } },
    errors: ['invalid_request'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    refuseUnknown(query, ['limit', 'offset']);
    const bounds = pageBounds(query);
    const { rows, total } = await this.bindings.list(principalOf(request), bounds);
    const meta = metaOf({ uri: `${basePath()}/api/binding/`, query, total, ...bounds });
    sendJson(reply, 200, { meta, objects: await this.describe(rows) });
  }

  @Route({
    verb: 'POST',
    access: 'author',
    summary: 'Bind a definition to a stream',
    description: 'Each message of the input stream runs the definition on your behalf. The output goes to the output stream.',
    headers: keyHeader,
    body: { 'application/json': NewBindingBody },
    answers: {
      201: {
        what: 'created; its queue collects messages as soon as the bus is available',
        body: BindingBody,
        headers: { Location: 'the binding' },
      },
    },
    errors: [...bodyErrors, 'idempotency_mismatch'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const owner = principalOf(request);
    const body = await readValidated(request, NewBindingBody);
    const { input, ...wanted } = body;
    const definition = String(wanted.definition);
    const { row, id, status, location } = await this.keys.once(keyedJson(request, body), {
      create: (also) => this.bindings.create(owner, { ...changeOf(wanted), definition, input }, also),
      uri: bindingUri,
    });
    void reply.header('location', location);
    const binding = row ?? (await this.bindings.find(owner, id).catch(nullIfMissing));
    if (binding) sendJson(reply, status, (await this.describe([binding]))[0]);
    else sendEmpty(reply, status);
  }

  @Route({
    verb: 'GET',
    path: ':id',
    access: 'viewer',
    summary: 'Read a binding',
    params,
    answers: { 200: { what: 'the binding as it is now', body: BindingBody } },
    errors: ['not_found'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.bindings.find(principalOf(request), numberOf(request));
    sendJson(reply, 200, (await this.describe([row]))[0]);
  }

  @Route({
    verb: 'PATCH',
    path: ':id',
    access: 'author',
    summary: 'Change a binding: definition, output, concurrency, max_tries, enabled',
    description:
      'The change takes effect when the messages in hand are finished under the former terms. The queue of a disabled binding keeps collecting.',
    params,
    body: { 'application/json': BindingChangeBody },
    answers: { 200: { what: 'the binding', body: BindingBody } },
    errors: bodyErrors,
  })
  async change(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const id = numberOf(request);
    const row = await this.bindings.change(principalOf(request), id, changeOf(await readValidated(request, BindingChangeBody)));
    sendJson(reply, 200, (await this.describe([row]))[0]);
  }

  @Route({
    verb: 'DELETE',
    path: ':id',
    access: 'author',
    summary: 'Remove a binding, with its queue and the messages that wait in it',
    params,
    answers: { 204: { what: 'removed; its runs and dead letters stay' } },
    errors: ['not_found', 'bus_unavailable'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.bindings.remove(principalOf(request), numberOf(request));
    sendEmpty(reply, 204);
  }

  private async describe(rows: BindingEntity[]): Promise<BindingBody[]> {
    const names = await this.users.names([...new Set(rows.map((row) => row.ownerId))]);
    return rows.map((row) => bindingBody(row, { state: this.bindings.state(row), owner: names.get(row.ownerId) ?? null }));
  }
}

function changeOf({ definition, max_tries: maxTries, output, concurrency, enabled }: BindingChangeBody): BindingChange {
  return { ...(definition !== undefined && { definition: String(definition) }), output, concurrency, maxTries, enabled };
}

const numberOf = (request: Request) => numberIn(request, (id) => `there is no binding '${id}'`);
