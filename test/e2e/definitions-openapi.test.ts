// Stored definitions as an OpenAPI document, and a client whose types are made from it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createClient from 'openapi-fetch';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

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
  expect(Object.keys(paths).sort()).toEqual([...own, '/call/bob/private', '/call/bob/shared'].sort());
  expect(paths['/call/bob/shared'].post).toMatchObject({ operationId: 'bob--shared', tags: ['Definitions of bob'] });
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
  expect(Object.keys((await server.send({ path, login: bob })).json.paths)).toContain('/call/admin/tr');
  expect(text + (await server.send({ path })).text).not.toContain('hidden-from-all');
});

test('A document of some definitions names them, and an unknown one or another parameter is refused', async () => {
  expect(Object.keys((await server.send({ path: `${path}?definition=say,bob:shared` })).json.paths)).toEqual([
    '/call/say',
    '/call/bob/shared',
  ]);
  expect((await server.send({ path: `${path}?definition=none` })).status).toBe(404);
  expect((await server.send({ path: `${path}?definitions=say` })).status).toBe(400);
  expect((await server.send({ path, login: '' })).status).toBe(401);
});

test('The document is the same one until a definition changes', async () => {
  const { etag } = (await server.send({ path })).headers;
  expect((await server.send({ path, headers: { 'If-None-Match': String(etag) } })).status).toBe(304);
  await put('quiet', { ...definitions['quiet'], description: 'Nothing' }, adminLogin);
  const changed = await server.send({ path, headers: { 'If-None-Match': String(etag) } });
  expect([changed.status, changed.json.paths['/call/quiet'].post.summary]).toEqual([200, 'Nothing']);
});

/** Uses what the types allow; the lines that expect an error are those that they forbid. */
const program = `
import createClient from 'openapi-fetch';
import type { paths } from './types.js';
const client = createClient<paths>({ baseUrl: '' });
export async function use(file: Blob) {
  await client.POST('/call/cut', { params: { query: { count: 3 } }, body: 'abcdef' });
  await client.POST('/call/say', { body: { first: 'a', rest: ['b'] } });
  await client.POST('/call/size', { body: { file: file as never } });
  // @ts-expect-error a number is needed
  await client.POST('/call/cut', { params: { query: { count: 'three' } }, body: 'abcdef' });
  // @ts-expect-error a parameter is missing
  await client.POST('/call/say', { body: { first: 'a' } });
  // @ts-expect-error there is no such program
  await client.POST('/call/none', { body: 'x' });
}
`;

test('Types made by openapi-typescript compile under strict, and a client with them runs programs', async () => {
  const document = (await server.send({ path })).text;
  const folder = mkdtempSync(join(tmpdir(), 'procreg-typed-'));
  try {
    writeFileSync(join(folder, 'types.ts'), astToString(await openapiTS(document, { silent: true })));
    writeFileSync(join(folder, 'program.ts'), program);
    const faults = ts.getPreEmitDiagnostics(
      ts.createProgram([join(folder, 'program.ts')], {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        types: [],
        typeRoots: [],
        paths: { 'openapi-fetch': [join(projectRoot, 'node_modules/openapi-fetch')] },
      }),
    );
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  // biome-ignore lint/suspicious/noExplicitAny: the types were checked above
  const client = createClient<any>({
    baseUrl: server.url,
    headers: { Authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}` },
  });
  const asText = { parseAs: 'text' as const };
  const plain = { bodySerializer: (body: unknown) => String(body), headers: { 'Content-Type': 'text/plain' } };
  const cut = await client.POST('/call/cut', { params: { query: { count: 3 } }, body: 'abcdef', ...plain, ...asText });
  expect([cut.data, cut.response.headers.get('Exit-Code')]).toEqual(['abc', '0']);
  expect((await client.POST('/call/say', { body: { first: 'a', rest: ['b', 'c'] }, ...asText })).data).toBe('a b c\n');
  const form = new FormData();
  form.set('file', new Blob(['12345']), 'five.txt');
  expect((await client.POST('/call/size', { body: form, ...asText })).data).toMatch(/^5 /);
});
