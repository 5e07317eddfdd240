// The OpenAPI document of the definitions that a caller may run: put together from operations that are made once per revision.
import { basePath } from '../../http/urls.js';
import type { DefinitionOperation } from './definition-operation.js';

interface Parts {
  operations: DefinitionOperation[];
  version: string;
  /** The schemas of a run and of an error, as the server's own document has them. */
  schemas: Record<string, unknown>;
  /** There are more definitions than one document describes. */
  isCut: boolean;
}

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } };
const run = { 'application/json': { schema: { $ref: '#/components/schemas/RunBody' } } };
const text = { type: 'string' };

const responses = {
  Problem: {
    description: 'an error: code, error (a sentence), and of a program that failed exit_code, stderr and stdout',
    content: problem,
  },
  Taken: { description: 'the run of the service, which has taken the message, or with Prefer: respond-async will', content: run },
  Ended: { description: 'the run, which has ended', content: run },
  Reply: { description: 'the reply of the service', content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
};

const headers = {
  RunId: { description: 'the id of the run', schema: text },
  ExitCode: { description: 'of the program', schema: { type: 'integer' } },
};

const timeout = {
  name: '-timeout',
  in: 'query',
  description: "seconds; may only shorten the definition's",
  schema: { type: 'number', minimum: 0 },
};

/** As JSON; of the operations it is there already. */
export function documentOf({ operations, version, schemas, isCut }: Parts): string {
  const tags = [...new Set(operations.flatMap((one) => one.tags))].sort();
  const more = isCut ? ' There are more definitions than this document describes: ask for some by ?definition=NAME,NAME.' : '';
  const head = {
    openapi: '3.1.0',
    info: {
      title: 'Programs of process-registry',
      version,
      description: `Each operation runs a program that is registered here, and answers when it has ended.${more}`,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: basePath() || '/' }],
    // a client of hey-api that is given one secret takes it for that of the last scheme: a token
    security: [{ basic: [] }, { bearer: [] }],
    tags: tags.map((name) => ({ name })),
  };
  const components = {
    parameters: { timeout },
    responses,
    headers,
    securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
  };
  const paths = operations.map(({ path, text }) => `${JSON.stringify(path)}:{"post":${text}}`);
  const shared = Object.entries(schemas).map(([name, schema]): [string, string] => [name, JSON.stringify(schema)]);
  const all = [...shared, ...operations.flatMap((one) => one.schemas)].map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `${opened(head)},"paths":{${paths.join()}},"components":${opened(components)},"schemas":{${all.join()}}}}`;
}

/** The JSON of an object without its last brace. */
const opened = (value: object) => JSON.stringify(value).slice(0, -1);
