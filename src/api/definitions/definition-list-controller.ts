// The registry's list: /api/process_definition/.
import { Controller, Req, Res } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import { Definitions } from '../../definitions/definitions.js';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { isKnown, readConditions } from '../../http/conditions.js';
import { readDefinitionBody } from '../../http/definition-body.js';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { metaOf, pageBounds } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJsonText } from '../../http/send-response.js';
import { definitionsUri, definitionUri } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import { CodedError } from '../../model/coded-error.js';
import { inTurns } from '../../model/in-turns.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { IdempotencyKeys } from '../../runs/idempotency-keys.js';
import { bodyErrors, DefinitionBody, DefinitionList, DefinitionListBody, DefinitionPatchBody, warned } from './definition-body.js';
import { filtersOf, orderingsOf, searchesOf } from './list-query.js';
import { listEtag, listPreconditionOf } from './preconditions.js';
import { readDeletions, readListChanges, readMembers, readNew } from './read-definition.js';
import { renderObjects } from './render.js';
import { testErrors, testHeader, testSwitch } from './save-tests.js';
import { WriteAnswers } from './write-answers.js';

const written = {
  Location: 'the path of the new definition',
  'Preference-Applied': 'return=representation, when it was requested',
  ...warned,
  ...testHeader,
};
const prefer = { Prefer: 'return=representation: the response carries the data' };
const listConditions = {
  'If-Match': 'the ETag of a page of the list: none of your own definitions may have changed since',
  'If-None-Match': 'an ETag of the list that it must not have; * always fails, since the list exists',
};

@Controller('api/process_definition')
export class DefinitionListController {
  constructor(
    private readonly definitions: Definitions,
    private readonly answers: WriteAnswers,
    private readonly users: Users,
    private readonly keys: IdempotencyKeys,
    private readonly disk: DiskWatermark,
  ) {}

  @Route({
    verb: 'GET',
    access: 'viewer',
    errorForm: 'registry',
    summary: 'List definitions',
    description:
      'Lists your own definitions and the shared ones; an admin sees all. Filters: id, name, exec, application, process_type, each with __in, __contains, __startswith, __gt, __gte, __lt, __lte, __range where they make sense; q, tags and owner. __contains, q and tags look at every definition, one list at a time and for at most 30 s; of one user at most 3 such lists wait. At most 10 values each of q, tags and owner. An unknown filter is ignored, as by tastypie.',
    query: {
      limit: 'at most 1000, which is also what 0 means; default 20; a page of large definitions has fewer, which its meta says',
      offset: 'default 0',
      order_by: 'id, name, exec, application or process_type; a leading - reverses the order',
      id__in: 'one example of a filter',
      q: 'a string in the name, the description, the tags or exec',
      tags: 'one or more tags, separated by commas: definitions that have all of them',
      owner: 'the name of a user',
    },
    headers: { 'If-None-Match': readConditions['If-None-Match'] },
    answers: {
      200: {
        what: 'one page',
        body: DefinitionList,
        headers: { ETag: 'of this page; If-Match of a write of the list takes that of any page, as the version of your own definitions' },
      },
      304: { what: 'unchanged' },
    },
    errors: ['invalid_request'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const query = queryOf(request);
    const bounds = pageBounds(query);
    const searches = await searchesOf(query, (username) => this.users.idOf(username));
    const page = { ...bounds, filters: [...filtersOf(query), ...searches], orderings: orderingsOf(query) };
    // read before the page: a change in between makes the version too old, never too new
    const version = await this.definitions.rows.version(viewer);
    const { rows, isCut, total } = await this.definitions.rows.page(viewer, page, disconnectSignal(reply));
    const limit = isCut ? rows.length : bounds.limit;
    const meta = metaOf({ uri: definitionsUri(), query, total, ...bounds, limit });
    void addVary(reply, 'Accept').header('cache-control', 'no-cache');
    const text = `{"meta": ${JSON.stringify(meta)}, "objects": ${renderObjects(viewer, rows)}}`;
    if (isKnown(request, reply, { etag: listEtag(version, text) })) return sendEmpty(reply, 304);
    sendJsonText(reply, 200, text);
  }

  @Route({
    verb: 'POST',
    access: 'author',
    errorForm: 'registry',
    summary: 'Create a definition',
    query: testSwitch,
    headers: { ...prefer, ...keyHeader },
    body: { 'application/json': DefinitionBody },
    answers: { 201: { what: 'created; the body is empty unless the data was requested', headers: written } },
    errors: [...bodyErrors, ...testErrors, 'id_taken', 'idempotency_mismatch'],
  })
  async create(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    this.disk.check();
    const author = principalOf(request);
    const test = this.answers.tests.of(request, reply);
    const body = await readDefinitionBody(request);
    const definition = await readNew(author, body);
    const { row, id, status, location } = await this.keys.once(keyedJson(request, body), {
      create: (also) => this.definitions.create(author, definition, { also, before: test?.one }),
      uri: definitionUri,
    });
    void reply.header('location', location);
    const shown = row ?? (await this.definitions.rows.byId(author, id));
    if (!shown) return sendEmpty(reply, status);
    this.answers.sendOne(request, reply, { row: shown, status: { full: status, empty: status }, test: row ? test : undefined });
  }

  @Route({
    verb: 'PUT',
    access: 'author',
    errorForm: 'registry',
    summary: 'Replace all your own definitions, in one transaction',
    query: testSwitch,
    headers: { ...prefer, ...listConditions },
    body: { 'application/json': DefinitionListBody },
    answers: {
      204: { what: 'replaced', headers: { ...warned, ...testHeader } },
      200: { what: 'replaced, with the data', body: DefinitionListBody, headers: testHeader },
    },
    errors: [...bodyErrors, ...testErrors, 'id_taken', 'precondition_failed'],
  })
  async replace(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const author = principalOf(request);
    const test = this.answers.tests.of(request, reply);
    const members = await inTurns(readMembers(await readDefinitionBody(request)), (member) => readNew(author, member));
    if (members.length > 0) this.disk.check();
    const rows = await this.definitions.replaceOwn(author, members, { precondition: listPreconditionOf(request), before: test?.list });
    this.answers.sendList(request, reply, { rows, status: { full: 200, empty: 204 }, test });
  }

  @Route({
    verb: 'PATCH',
    access: 'author',
    errorForm: 'registry',
    summary: 'Create, change and delete several definitions, in one transaction',
    query: testSwitch,
    headers: { ...prefer, ...listConditions },
    body: { 'application/json': DefinitionPatchBody },
    answers: { 202: { what: 'done; the body is empty unless the data was requested', headers: { ...warned, ...testHeader } } },
    errors: [...bodyErrors, ...testErrors, 'not_found', 'id_taken', 'precondition_failed'],
  })
  async change(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const test = this.answers.tests.of(request, reply);
    const body = await readDefinitionBody(request);
    const author = principalOf(request);
    const changes = await readListChanges(author, body);
    if (changes.length > 0) this.disk.check();
    const precondition = listPreconditionOf(request);
    const rows = await this.definitions.changeList(author, { changes, deletions: readDeletions(body), precondition, before: test?.list });
    this.answers.sendList(request, reply, { rows, status: { full: 202, empty: 202 }, test });
  }

  @Route({
    verb: 'DELETE',
    access: 'author',
    errorForm: 'registry',
    summary: 'Delete all your own definitions',
    description: 'Takes no parameter: a filter that was ignored would delete everything.',
    headers: listConditions,
    answers: { 204: { what: 'deleted; their runs stay' } },
    errors: ['invalid_request', 'precondition_failed'],
  })
  async removeAll(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const [name] = queryOf(request).keys();
    if (name !== undefined)
      throw new CodedError('invalid_request', `DELETE of the list takes no parameter, got '${name}'; nothing was deleted`);
    await this.definitions.removeOwn(principalOf(request), listPreconditionOf(request));
    sendEmpty(reply, 204);
  }
}
