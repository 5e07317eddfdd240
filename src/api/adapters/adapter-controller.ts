// The adapters that definitions may name on this server, including those of plugins.
import { Controller, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { type AdapterDeclaration, inputAdapters, outputAdapters } from '../../model/adapters.js';

const side = {
  type: 'array',
  items: {
    type: 'object',
    required: ['type', 'description', 'parameters'],
    properties: {
      type: { type: 'string' },
      description: { type: 'string' },
      parameters: { type: 'object', description: 'JSON Schema (2020-12)' },
    },
  },
};

@Controller('api/adapter')
export class AdapterController {
  @Route({
    verb: 'GET',
    access: 'viewer',
    summary: 'List the types of adapters, each with the JSON Schema of its parameters',
    answers: {
      200: {
        what: 'the input types and the output types',
        body: { 'application/json': { type: 'object', properties: { input: side, output: side } } },
      },
    },
  })
  list(@Res() reply: Reply): void {
    sendJson(reply, 200, { input: shown(inputAdapters), output: shown(outputAdapters) });
  }
}

function shown(declared: AdapterDeclaration[]): object[] {
  const byType = [...declared].sort((one, other) => (one.type < other.type ? -1 : 1));
  return byType.map(({ type, what, parameters }) => ({ type, description: what, parameters }));
}
