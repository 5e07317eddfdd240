// The versions of a definition, and the check of a definition that is not saved.
import { Controller, Req, Res } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { DefinitionWarnings } from '../../definitions/definition-warnings.js';
import { Definitions } from '../../definitions/definitions.js';
import { type Revision, Revisions } from '../../definitions/revisions.js';
import { shownDefinition } from '../../definitions/shown-definition.js';
import { isKnown, readConditions } from '../../http/conditions.js';
import { readDefinitionBody } from '../../http/definition-body.js';
import { isObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson, sendJsonText } from '../../http/send-response.js';
import { definitionUri } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { DefinitionBody, DefinitionObject, ValidatedBody } from './definition-body.js';
import { readDefinition } from './read-definition.js';
import { etagOf, renderDefinition } from './render.js';
import { testErrors, testHeader, testSwitch } from './save-tests.js';
import { WriteAnswers } from './write-answers.js';

const ref = { ref: 'id, name, or owner:name' };
const numbered = { ...ref, revision: 'the number of the version, from 1' };

@Controller('api/process_definition')
export class RevisionController {
  constructor(
    private readonly definitions: Definitions,
    private readonly revisions: Revisions,
    private readonly warnings: DefinitionWarnings,
    private readonly disk: DiskWatermark,
    private readonly answers: WriteAnswers,
  ) {}

  @Route({
    verb: 'POST',
    path: 'validate',
    access: 'viewer',
    summary: 'Check a definition without saving it',
    body: { 'application/json': DefinitionBody },
    answers: {
      200: {
        what: 'the definition is valid; `warnings` says what its author may have meant otherwise',
        body: ValidatedBody,
      },
    },
    errors: ['invalid_json', 'invalid_definition', 'body_too_large', 'unsupported_media_type'],
  })
  async validate(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const body = await readDefinitionBody(request);
    const author = principalOf(request);
    const definition = await readDefinition(author, isObject(body.definition) || !('exec' in body) ? body : { definition: body });
    this.definitions.check(author, definition);
    const { faults: warnings, more } = this.warnings.of(author, definition);
    sendJson(reply, 200, { valid: true, warnings, ...(more > 0 && { more_warnings: more }) });
  }

  @Route({
    verb: 'GET',
    path: ':ref/revisions',
    access: 'viewer',
    summary: 'List the versions of a definition, newest first',
    params: ref,
    answers: {
      200: {
        what: 'all versions; `truncated` says that older ones were left out because they are large',
        body: {
          'application/json': {
            type: 'object',
            properties: { objects: { type: 'array', items: { type: 'object' } }, truncated: { type: 'boolean' } },
          },
        },
      },
    },
    errors: ['not_found', 'ambiguous_name'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const row = await this.definitions.references.find(viewer, request.params.ref);
    const { revisions, isCut } = await this.revisions.list(row);
    const objects = revisions.map((revision) => renderRevision(viewer, row, revision)).join(', ');
    sendJsonText(reply, 200, `{"objects": [${objects}]${isCut ? ', "truncated": true' : ''}}`);
  }

  @Route({
    verb: 'GET',
    path: ':ref/revisions/:revision',
    access: 'viewer',
    summary: 'Read one version of a definition',
    params: numbered,
    headers: { 'If-Modified-Since': readConditions['If-Modified-Since'] },
    answers: {
      200: { what: 'that version', body: { 'application/json': { type: 'object' } }, headers: { 'Last-Modified': 'when it was saved' } },
      304: { what: 'unchanged' },
    },
    errors: ['not_found', 'ambiguous_name'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const row = await this.definitions.references.find(viewer, request.params.ref);
    const found = await this.revisions.get(row, readNumber(request.params.revision));
    if (isKnown(request, reply, { modifiedAtMs: found.createdAtMs })) return sendEmpty(reply, 304);
    sendJsonText(reply, 200, renderRevision(viewer, row, found));
  }

  @Route({
    verb: 'POST',
    path: ':ref/revisions/:revision/restore',
    access: 'author',
    summary: 'Restore a former version as the current one',
    params: numbered,
    query: testSwitch,
    answers: {
      200: {
        what: 'the definition, which now has a new revision',
        body: DefinitionObject,
        headers: { ETag: 'its version', ...testHeader },
      },
    },
    errors: [...testErrors, 'not_found', 'ambiguous_name', 'name_taken', 'invalid_definition', 'disk_full'],
  })
  async restore(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    this.disk.check();
    const { ref: text, revision } = request.params;
    const author = principalOf(request);
    const test = this.answers.tests.of(request, reply);
    const row = await this.revisions.restore(author, text, { revision: readNumber(revision), before: test?.one });
    if (test) void reply.header('self-test', `passed=${test.passed}`);
    sendJsonText(reply.header('etag', etagOf(row)), 200, renderDefinition(author, row, this.answers.remarksOf(author, row, test)));
  }
}

function readNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CodedError('not_found', `there is no revision '${text}'; revisions are numbered from 1`);
}

function renderRevision(viewer: Principal, row: DefinitionRow, { revision, definition, createdAtMs }: Revision): string {
  const uri = `${definitionUri(row.id)}revisions/${revision}/`;
  const head = { revision, created_at: new Date(createdAtMs).toISOString(), resource_uri: uri };
  return `${JSON.stringify(head).slice(0, -1)}, "definition": ${shownDefinition(viewer, row, definition)}}`;
}
