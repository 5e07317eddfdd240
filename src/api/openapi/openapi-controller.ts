// The definitions of the caller as an OpenAPI document: /api/process_definition/openapi.json.
import { Controller, Req, Res } from '@nestjs/common';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { Definitions } from '../../definitions/definitions.js';
import { isKnown, readConditions } from '../../http/conditions.js';
import { refuseUnknown } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJsonText } from '../../http/send-response.js';
import type { Principal } from '../../model/roles.js';
import { TurnsOfUsers } from '../../model/turns-of-users.js';
import { DefinitionDocuments, type DefinitionsDocument } from './definition-documents.js';

/** A document of more would be of no use to the tools that read it. */
const most = 1000;

interface Wanted {
  viewer: Principal;
  /** Empty: all. */
  refs: string[];
}

@Controller('api/process_definition')
export class OpenapiController {
  /** One at a time: the rows of one document may have 32 MiB. */
  private readonly turns = new TurnsOfUsers(
    (wanted: Wanted) => this.document(wanted),
    () => 0,
  );

  constructor(
    private readonly definitions: Definitions,
    private readonly documents: DefinitionDocuments,
  ) {}

  @Route({
    verb: 'GET',
    path: 'openapi.json',
    access: 'runner',
    summary: 'Describe the definitions that you may run as an OpenAPI document',
    description:
      'Each definition is an operation: POST /call/NAME, of another user /call/OWNER:NAME, with typed parameters, the types of its message and its output, and its examples. For Swagger UI, and for generators of clients. At most 1000 definitions, the oldest ones first.',
    query: { definition: 'only these: ids, names or owner:name, separated by commas' },
    headers: { 'If-None-Match': readConditions['If-None-Match'] },
    answers: {
      200: { what: 'an OpenAPI 3.1 document', body: { 'application/json': { type: 'object' } }, headers: { ETag: 'of this document' } },
      304: { what: 'unchanged' },
    },
    errors: ['invalid_request', 'not_found', 'ambiguous_name', 'too_many_checks'],
  })
  async describe(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    refuseUnknown(query, ['definition']);
    const refs = query.getAll('definition').flatMap((text) => text.split(','));
    const viewer = principalOf(request);
    const { bytes, tag } = await this.turns.run(viewer.userId, { viewer, refs });
    if (isKnown(request, reply, { etag: `"${tag}"` })) return sendEmpty(reply, 304);
    sendJsonText(reply, 200, bytes);
  }

  private async document({ viewer, refs }: Wanted): Promise<DefinitionsDocument> {
    const { rows, isCut } = refs.length > 0 ? { rows: await this.named(viewer, refs), isCut: false } : await this.visible(viewer);
    return this.documents.of(viewer, rows, isCut);
  }

  private async named(viewer: Principal, refs: string[]): Promise<DefinitionRow[]> {
    const rows: DefinitionRow[] = [];
    for (const ref of refs.slice(0, most)) rows.push(await this.definitions.references.find(viewer, ref));
    return rows;
  }

  private async visible(viewer: Principal): Promise<{ rows: DefinitionRow[]; isCut: boolean }> {
    const page = { filters: [], orderings: [], limit: most, offset: 0 };
    const { rows, isCut, total } = await this.definitions.rows.page(viewer, page);
    return { rows, isCut: isCut || total > rows.length };
  }
}
