// Every view of the page with something in it, for tests that look at all of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined, shell } from './programs.js';
import { projectRoot, type TestServer } from './server.js';
import { made } from './web-socket.js';

/** Below /ui/, by the keys of web/src/views.ts. */
export type Addresses = Record<string, string[]>;

export async function fillViews(server: TestServer): Promise<Addresses> {
  const parameters = {
    type: 'object',
    required: ['text'],
    properties: {
      text: { type: 'string', title: 'Text', description: 'what is said' },
      times: { type: 'integer', default: 2, minimum: 1 },
      loud: { type: 'boolean' },
      tone: { enum: ['low', 'high'] },
      words: { type: 'array', items: { type: 'string' } },
      key: { type: 'string', writeOnly: true },
    },
  };
  const said = await defined(server, shell('echo said; echo oops >&2', { name: 'say', description: 'Says it', tags: ['talk'] }));
  await defined(server, { ...shell('echo "$1"'), argv: ['-c', 'echo "$1"', 'sh', '${text}'], name: 'form', parameters });
  const failing = await defined(server, shell('echo broken >&2; exit 3', { name: 'fails' }));
  await defined(server, shell('while read -r line; do echo "$line"; done', { name: 'service', process_type: 'service' }));
  const execute = async (path: string) => (await server.send({ method: 'POST', path: `${path}execute/` })).headers['run-id'] as string;
  const [ended, failed] = [await execute(said), await execute(failing)];
  const body = { definition: 'say', input: { stream: 'in' }, output: { stream: 'out' } };
  await server.send({ method: 'POST', path: '/api/binding/', body });
  await server.send({ method: 'POST', path: '/api/process_definition/service/execute/' });
  await server.send({ method: 'POST', path: '/api/token/', body: { name: 'for tests' } });
  const typed = (await made(server, { exec: '/bin/sh', tty: true, on_disconnect: 'continue' })).split('/').at(-2);
  return {
    'sign-in': ['sign-in'],
    definitions: ['definitions', 'definitions?q=nothing-has-this-name'],
    'definitions/*': ['definitions/say', 'definitions/form?times=3'],
    'definitions/*/runs': ['definitions/say/runs'],
    'definitions/*/edit': ['definitions/say/edit'],
    'definitions/*/history': ['definitions/say/history'],
    new: ['new'],
    import: ['import'],
    embed: ['embed/form'],
    runs: ['runs'],
    'runs/*': [`runs/${ended}`, `runs/${failed}`, `runs/${typed}`],
    services: ['services'],
    streams: ['streams', 'streams/in'],
    operations: ['operations', 'operations/bindings', 'operations/users', 'operations/server'],
    account: ['account'],
    terminal: ['terminal', `terminal/${typed}`],
    nothing: ['nothing'],
  };
}

/** The keys of web/src/views.ts. */
export function knownViews(): string[] {
  const source = readFileSync(join(projectRoot, 'web/src/views.ts'), 'utf8');
  return [...source.matchAll(/^ {2}'?([\w*/-]+)'?: async \(\) =>/gm)].map(([, key]) => key);
}
