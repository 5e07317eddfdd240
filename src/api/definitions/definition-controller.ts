// One definition at /api/process_definition/ID-OR-NAME/, several by set/, and the schema.
import { Controller, Req, Res } from '@nestjs/common';
import { Definitions } from '../../definitions/definitions.js';
import { isKnown, readConditions, writeConditions } from '../../http/conditions.js';
import { readDefinitionBody } from '../../http/definition-body.js';
import { addOwner } from '../../http/owner-header.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson, sendJsonText } from '../../http/send-response.js';
import { definitionUri } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { bodyErrors, DefinitionBody, DefinitionListBody, DefinitionObject, warned } from './definition-body.js';
import { findSet } from './find-set.js';
import { preconditionOf } from './preconditions.js';
import { readChange, readDefinition } from './read-definition.js';
import { registrySchema } from './registry-schema.js';
import { etagOf, renderDefinition, renderObjects, shownEtag } from './render.js';
import { testErrors, testHeader, testSwitch } from './save-tests.js';
import { WriteAnswers } from './write-answers.js';

const ref = { ref: 'id, name, or owner:name' };
const written = { ...warned, ...testHeader };
const conditional = { ...writeConditions, Prefer: 'return=representation: the response carries the data' };

@Controller('api/process_definition')
export class DefinitionController {
  constructor(
    private readonly definitions: Definitions,
    private readonly answers: WriteAnswers,
    private readonly disk: DiskWatermark,
  ) {}

  @Route({
    verb: 'GET',
    path: 'schema',
    access: 'viewer',
    errorForm: 'registry',
    summary: "Describe the resource, in tastypie's form",
    answers: { 200: { what: 'fields, methods, filters', body: { 'application/json': { type: 'object' } } } },
  })
  schema(@Res() reply: Reply): void {
    sendJson(addVary(reply, 'Accept'), 200, registrySchema);
  }

  @Route({
    verb: 'GET',
    path: 'set/:refs',
    access: 'viewer',
    errorForm: 'registry',
    summary: 'Read several definitions',
    params: { refs: 'ids or names, separated by ;' },
    answers: {
      200: { what: 'the objects in the requested order; missing ids and names are listed in not_found', body: DefinitionListBody },
    },
    errors: ['invalid_request'],
  })
  async set(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const { rows, missing } = await findSet(this.definitions, viewer, request.params.refs.split(';'));
    const notFound = missing.length > 0 ? `"not_found": ${JSON.stringify(missing)}, ` : '';
    sendJsonText(addVary(reply, 'Accept'), 200, `{${notFound}"objects": ${renderObjects(viewer, rows)}}`);
  }

  @Route({
    verb: 'GET',
    path: ':ref',
    access: 'viewer',
    errorForm: 'registry',
    summary: 'Read a definition',
    params: ref,
    headers: readConditions,
    answers: {
      200: {
        what: 'the definition as it was sent; the values of `environment` are *** for users who may not change it',
        body: DefinitionObject,
        headers: {
          ETag: 'the version of the definition',
          'Last-Modified': 'when it was saved',
          'Definition-Owner': "the owner's name, percent-encoded",
        },
      },
      304: { what: 'unchanged' },
    },
    errors: ['not_found', 'ambiguous_name'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const row = await this.definitions.references.find(viewer, request.params.ref);
    addOwner(reply, await this.definitions.references.ownerName(viewer, row));
    void addVary(reply, 'Accept').header('cache-control', 'no-cache');
    const version = { etag: shownEtag(viewer, row), modifiedAtMs: row.updatedAtMs };
    if (isKnown(request, reply, version)) return sendEmpty(reply, 304);
    sendJsonText(reply, 200, renderDefinition(viewer, row));
  }

  @Route({
    verb: 'PUT',
    path: ':ref',
    access: 'author',
    errorForm: 'registry',
    summary: 'Replace a definition, or create one with this id or name',
    description: "An id above the next free one, or one that was another user's, is for admins.",
    params: ref,
    query: testSwitch,
    headers: conditional,
    body: { 'application/json': DefinitionBody },
    answers: {
      204: { what: 'replaced', headers: written },
      200: { what: 'replaced, with the data', body: DefinitionObject, headers: testHeader },
      201: { what: 'created', headers: { Location: 'the path of the definition', ...written } },
    },
    errors: [...bodyErrors, ...testErrors, 'not_found', 'id_taken', 'precondition_failed'],
  })
  async put(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    this.disk.check();
    const author = principalOf(request);
    const test = this.answers.tests.of(request, reply);
    const definition = await readDefinition(author, await readDefinitionBody(request));
    const change = { definition, precondition: preconditionOf(request), before: test?.one };
    const { row, created } = await this.definitions.put(author, request.params.ref, change);
    if (created) void reply.header('location', definitionUri(row.id));
    const status = created ? { full: 201, empty: 201 } : { full: 200, empty: 204 };
    this.answers.sendOne(request, reply.header('etag', etagOf(row)), { row, status, test });
  }

  @Route({
    verb: 'PATCH',
    path: ':ref',
    access: 'author',
    errorForm: 'registry',
    summary: 'Change a definition; `definition` is replaced as a whole',
    params: ref,
    query: testSwitch,
    headers: conditional,
    body: { 'application/json': DefinitionBody },
    answers: { 202: { what: 'changed; the body is empty unless the data was requested', headers: written } },
    errors: [...bodyErrors, ...testErrors, 'not_found', 'precondition_failed'],
  })
  async patch(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    this.disk.check();
    const author = principalOf(request);
    const test = this.answers.tests.of(request, reply);
    const definition = await readChange(author, await readDefinitionBody(request));
    const row = await this.definitions.replace(author, request.params.ref, {
      definition,
      precondition: preconditionOf(request),
      before: test?.one,
    });
    this.answers.sendOne(request, reply.header('etag', etagOf(row)), { row, status: { full: 202, empty: 202 }, test });
  }

  @Route({
    verb: 'DELETE',
    path: ':ref',
    access: 'author',
    errorForm: 'registry',
    summary: 'Delete a definition; its runs stay',
    params: ref,
    headers: writeConditions,
    answers: { 204: { what: 'deleted' } },
    errors: ['not_found', 'precondition_failed'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.definitions.remove(principalOf(request), request.params.ref, preconditionOf(request));
    sendEmpty(reply, 204);
  }
}
