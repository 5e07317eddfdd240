// A definition as a tool of the Common Workflow Language: /api/process_definition/REF/cwl/.
import { Controller, Req, Res } from '@nestjs/common';
import { stringify } from 'yaml';
import { Definitions } from '../../definitions/definitions.js';
import { shownDefinition } from '../../definitions/shown-definition.js';
import { addOwner } from '../../http/owner-header.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { cwlOf } from '../../imports/cwl-export.js';
import { Refused } from '../../imports/imported.js';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';

@Controller('api/process_definition')
export class ExportController {
  constructor(private readonly definitions: Definitions) {}

  @Route({
    verb: 'GET',
    path: ':ref/cwl',
    access: 'viewer',
    summary: 'Read a definition as a CommandLineTool of CWL v1.2',
    description: 'Its run by an engine of CWL gives the same bytes. The values of `environment` are *** for users who may not change it.',
    params: { ref: 'id, name, or owner:name' },
    answers: { 200: { what: 'the tool', body: { 'application/yaml': { type: 'string' } } } },
    errors: ['not_found', 'ambiguous_name', 'invalid_request'],
  })
  async cwl(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const { references } = this.definitions;
    const row = await references.find(viewer, request.params.ref);
    addOwner(reply, await references.ownerName(viewer, row));
    const text = stringify(toolOf(JSON.parse(shownDefinition(viewer, row, row.definition))), { aliasDuplicateObjects: false });
    void reply.header('cache-control', 'no-cache').header('content-type', 'application/yaml; charset=utf-8').send(text);
  }
}

function toolOf(definition: ProcessDefinition): object {
  try {
    return cwlOf(definition);
  } catch (error) {
    if (error instanceof Refused) throw new CodedError('invalid_request', `The definition cannot be written in CWL: ${error.message}`);
    throw error;
  }
}
