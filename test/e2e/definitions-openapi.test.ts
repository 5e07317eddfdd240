// Stored definitions as an OpenAPI document: what it says of each, to whom, and under which names.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { store } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const bob = 'bob:bobs-secret';
const path = '/api/process_definition/openapi.json';
const word = { type: 'string', minLength: 1 };
const definitions: Record<string, object> = {
  tr: { exec: 'tr', argv: ['-d', 'x'], examples: [{ message: 'axb', expect: 'ab' }], description: 'Delete every x' },
  cut: {
    exec: 'head',
    argv: ['-c', '${count}'],
    input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } },
    parameters: { type: 'object', required: ['count'], properties: { count: { type: 'integer', description: 'How many bytes' } } },
  },
  say: {
    exec: 'echo',
    argv: ['${first}', '${rest}'],
    tags: ['words'],
    parameters: {
      type: 'object',
      required: ['first', 'rest'],
      properties: { first: { $ref: '#/$defs/word' }, rest: { type: 'array', items: { $ref: '#/$defs/word' } } },
      $defs: { word },
    },
  },
  size: {
    exec: 'wc',
    argv: ['-c', '${file}'],
    environment: { TOKEN: 'hidden-from-all' },
    parameters: {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'file' }, key: { type: 'string', secret: true } },
    },
  },
  tone: {
    exec: 'cp',
    argv: ['${input_file}', '${output_file}'],
    input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}', extension: 'wav' } },
    output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension: 'mp3' } },
  },
  waiter: { exec: 'cat', process_type: 'service' },
  echo: {
    exec: 'nc',
    argv: ['-lk', '${port}'],
    process_type: 'service',
    input_adapter: { input_type: 'port', input_parameters: { tcp_port: '${port}' } },
    output_adapter: { output_type: 'port', output_parameters: { tcp_port: '${port}' } },
  },
  quiet: { exec: 'true', input_adapter: { input_type: 'none' }, output_adapter: { output_type: 'none' } },
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.user(bob, 'author');
  for (const [name, definition] of Object.entries(definitions)) await put(name, definition, adminLogin);
  await put('shared', { exec: 'cat', visibility: 'shared' }, bob);
  await put('private', { exec: 'cat' }, bob);
});
afterAll(() => server.stop());

async function put(name: string, definition: object, login: string): Promise<void> {
  const answer = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition }, login });
  expect([200, 201, 204], answer.text).toContain(answer.status);
}

test('Each definition that the caller may run is an operation, those of others under their name', async () => {
  const { paths, components } = (await server.send({ path })).json;
  const own = Object.keys(definitions).map((name) => `/call/${name}`);
  expect(Object.keys(paths).sort()).toEqual([...own, '/call/bob:private', '/call/bob:shared'].sort());
  expect(paths['/call/bob:shared'].post).toMatchObject({ operationId: 'bob--shared', tags: ['Definitions of bob'] });
  expect(paths['/call/tr'].post).toMatchObject({ operationId: 'tr', summary: 'Delete every x' });
  expect(paths['/call/tr'].post.requestBody.content['text/plain'].examples).toEqual({ example1: { value: 'axb' } });
  expect(paths['/call/cut'].post.parameters[0]).toEqual({
    name: 'count',
    in: 'query',
    required: true,
    description: 'How many bytes',
    schema: { type: 'integer' },
  });
  expect(Object.keys(paths['/call/tone'].post.requestBody.content)).toEqual(['audio/wav', 'application/octet-stream']);
  expect(Object.keys(paths['/call/tone'].post.responses[200].content)).toEqual(['audio/mpeg']);
  expect(paths['/call/quiet'].post.responses[200]).toEqual({ $ref: '#/components/responses/Ended' });
  expect(components.schemas.say.properties.first).toEqual({ $ref: '#/components/schemas/say.word' });
});

test('A service is an operation that takes one message and does not wait for an end', async () => {
  const { paths, components } = (await server.send({ path })).json;
  const { waiter, echo } = { waiter: paths['/call/waiter'].post, echo: paths['/call/echo'].post };
  expect(waiter).toMatchObject({ summary: 'Send a message to waiter', description: expect.stringMatching(/^A service, which stays up/) });
  expect([waiter.requestBody.required, waiter.parameters]).toEqual([false, []]);
  expect(Object.keys(waiter.responses)).toEqual(['202', '4XX', '5XX']);
  expect(Object.keys(echo.responses)).toEqual(['200', '202', '4XX', '5XX']);
  const { $ref } = waiter.responses[202];
  expect(components.responses[$ref.split('/').at(-1)].content).toHaveProperty('application/json');
  const sent = await server.send({ method: 'POST', path: '/call/waiter', body: 'a', headers: { 'content-type': 'text/plain' } });
  expect([sent.status, sent.json.definition_name]).toEqual([202, 'waiter']);
});

test('A user sees what he may run, and no value of an environment', async () => {
  const { text, json } = await server.send({ path, login: bob });
  expect(Object.keys(json.paths).sort()).toEqual(['/call/private', '/call/shared']);
  await put('tr', { ...definitions['tr'], visibility: 'shared' }, adminLogin);
  expect(Object.keys((await server.send({ path, login: bob })).json.paths)).toContain('/call/admin:tr');
  expect(text + (await server.send({ path })).text).not.toContain('hidden-from-all');
});

test('A document of some definitions names them, and an unknown one or another parameter is refused', async () => {
  expect(Object.keys((await server.send({ path: `${path}?definition=say,bob:shared` })).json.paths)).toEqual([
    '/call/say',
    '/call/bob:shared',
  ]);
  expect((await server.send({ path: `${path}?definition=none` })).status).toBe(404);
  expect((await server.send({ path: `${path}?definitions=say` })).status).toBe(400);
  expect((await server.send({ path, login: '' })).status).toBe(401);
});

test('The document is the same one for each caller until a definition that this caller sees changes', async () => {
  const get = (login: string, tag?: string) => server.send({ path, login, headers: tag ? { 'If-None-Match': tag } : {} });
  const tagOf = async (login: string) => String((await get(login)).headers.etag);
  const [first, again, others] = [await get(adminLogin), await get(adminLogin), await get(bob)];
  expect([again.headers.etag, again.text]).toEqual([first.headers.etag, first.text]);
  expect(others.headers.etag).not.toBe(first.headers.etag);
  const [own, ofBob] = [await tagOf(adminLogin), await tagOf(bob)];
  expect([(await get(adminLogin, own)).status, (await get(bob, ofBob)).status]).toEqual([304, 304]);
  await put('quiet', { ...definitions['quiet'], description: 'Nothing' }, adminLogin);
  const changed = await get(adminLogin, own);
  expect([changed.status, changed.json.paths['/call/quiet'].post.summary]).toEqual([200, 'Nothing']);
  expect((await get(bob, ofBob)).status).toBe(304);
  await put('shared', { exec: 'cat', visibility: 'shared', tags: ['seen by both'] }, bob);
  const both = [await get(adminLogin, await tagOf(adminLogin)), await get(bob, ofBob), await get(adminLogin, own)];
  expect(both.map(({ status }) => status)).toEqual([304, 200, 200]);
  expect(both[1].json.tags).toContainEqual({ name: 'seen by both' });
});

test('An address means the definition of its operation, also where a definition has the name of a user', async () => {
  await put('bob', { exec: 'echo', argv: ['of admin'] }, adminLogin);
  await put('shared', { exec: 'echo', argv: ['of bob'], visibility: 'shared' }, bob);
  const { paths } = (await server.send({ path })).json;
  const [address] = Object.entries(paths).find(
    ([, item]) => (item as { post: { operationId: string } }).post.operationId === 'bob--shared',
  )!;
  expect((await server.send({ method: 'POST', path: address })).text).toBe('of bob\n');
});

test('No two operations and no two schemas have one name, whatever the definitions are called', async () => {
  const referring = (more: object = {}) => ({
    exec: 'true',
    input_adapter: { input_type: 'none' },
    ...more,
    parameters: { type: 'object', properties: { p: { $ref: '#/$defs/word' } }, $defs: { word } },
  });
  for (const name of ['bob--shared', 'RunBody', 'a', 'a.word', 'a_word', 'Run']) await put(name, referring(), adminLogin);
  const { headers } = await store(server, referring());
  const id = String(headers.location).split('/').at(-2);
  await server.user('eve/ü:eves-secret', 'author');
  await store(server, referring({ name: 'left', visibility: 'shared' }), 'eve/ü:eves-secret');
  const ofEve = (await server.send({ path })).json;
  expect(ofEve.paths['/call/eve%2F%C3%BC:left'].post.operationId).toBe('eve/ü--left');
  const user = (await server.send({ path: '/api/user/' })).json.objects.find(({ username }: { username: string }) => username === 'eve/ü');
  expect((await server.send({ method: 'DELETE', path: user.resource_uri })).status).toBe(204);
  const { paths, components } = (await server.send({ path })).json;
  expect(paths['/call/RunBody'].post.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/RunBody_2' });
  const ofTheServer = (await server.send({ path: '/docs-json' })).json.components.schemas;
  expect(components.schemas).toMatchObject({ RunBody: ofTheServer.RunBody, ProblemBody: ofTheServer.ProblemBody });
  expect(paths[`/call/${id}`].post).toMatchObject({ operationId: `definition_${id}`, summary: `Run definition ${id}` });
  const left = Object.keys(paths).at(-1) as string;
  expect([left, paths[left].post.tags]).toEqual([expect.stringMatching(/^\/call\/\d+$/), ['Definitions of removed users']]);
  const ids = Object.values<{ post: { operationId: string } }>(paths).map(({ post }) => post.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['bob--shared', 'bob--shared_2']));
});
