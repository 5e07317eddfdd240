// Clients generated from the document of a user's definitions: they compile under `strict`, refuse what the types forbid, and run programs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GeneratedClient } from '../support/generated-client.js';
import { basic } from '../support/mcp.js';
import { oddDefinitions } from '../support/odd-definitions.js';
import { needed, show, store } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const word = { type: 'string', minLength: 1 };
const stdin = { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
const definitions = [
  { name: 'cut', exec: 'head', argv: ['-c', '${count}'], ...stdin, ...needed({ count: { type: 'integer' } }) },
  {
    name: 'say-words',
    ...show(['${first}', '${rest}'], { input_adapter: { input_type: 'none' } }),
    parameters: {
      ...needed({ first: { $ref: '#/$defs/word' }, rest: { type: 'array', items: { $ref: '#/$defs/word' } } }).parameters,
      $defs: { word },
    },
    output_adapter: {
      output_type: 'file',
      output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type: 'application/json' },
    },
  },
  {
    name: 'resize',
    ...show(['${mode}', ['${scale}'], { when: 'quick', args: ['--quick'] }], { input_adapter: { input_type: 'none' } }),
    parameters: {
      type: 'object',
      required: ['mode'],
      properties: { mode: { enum: ['fit', 'fill'] }, scale: { type: 'number', exclusiveMinimum: 0 }, quick: { type: 'boolean' } },
    },
  },
  {
    name: 'size',
    exec: 'wc',
    argv: ['-c', '${file}'],
    ...needed({ file: { type: 'string', format: 'file' } }),
    input_adapter: { input_type: 'none' },
  },
  { name: 'fails', exec: 'sh', argv: ['-c', 'echo why >&2; exit 3'] },
];

let server: TestServer;
let client: GeneratedClient;
beforeAll(async () => {
  server = await startServer();
  for (const definition of definitions) expect((await store(server, definition)).status).toBe(201);
  client = new GeneratedClient();
});
afterAll(async () => {
  client.remove();
  await server.stop();
});

const documentOf = async (query = '') => (await server.send({ path: `/api/process_definition/openapi.json${query}` })).text;

/** What `use` of the programs below returns. */
type Use = (url: string, authorization: string) => Promise<unknown>;
interface Program {
  use: Use;
}

const results = {
  cut: 'abc',
  words: ['a', 'b', 'c'],
  resized: ['fit', '0.5', '--quick'],
  size: expect.stringMatching(/^5 /),
  failure: [422, 'exit', 3, 'why\n'],
};

/** The lines that expect an error are those that the types forbid. */
const byTypes = `
import createClient from 'openapi-fetch';
import type { paths } from './types.js';
const asText = { bodySerializer: (body: string) => body, headers: { 'Content-Type': 'text/plain' }, parseAs: 'text' } as const;
export async function use(baseUrl: string, Authorization: string) {
  const client = createClient<paths>({ baseUrl, headers: { Authorization } });
  const cut = await client.POST('/call/cut', { params: { query: { count: 3 } }, body: 'abcdef', ...asText });
  const words = await client.POST('/call/say-words', { body: { first: 'a', rest: ['b', 'c'] } });
  const resized = await client.POST('/call/resize', { body: { mode: 'fit', scale: 0.5, quick: true }, parseAs: 'text' });
  const form = { bodySerializer: () => { const body = new FormData(); body.set('file', new Blob(['12345']), 'five.txt'); return body; } };
  const size = await client.POST('/call/size', { body: { file: '' }, ...form, parseAs: 'text' });
  const { error, response } = await client.POST('/call/fails', { body: '', ...asText });
  return { cut: cut.data, words: words.data, resized: JSON.parse(resized.data ?? ''), size: size.data,
    failure: [response.status, error?.code, error?.exit_code, error?.stderr] };
}
export async function forbidden() {
  const client = createClient<paths>();
  // @ts-expect-error a number is needed
  await client.POST('/call/cut', { params: { query: { count: 'three' } }, body: 'abcdef' });
  // @ts-expect-error a parameter is missing
  await client.POST('/call/say-words', { body: { first: 'a' } });
  // @ts-expect-error there are two modes
  await client.POST('/call/resize', { body: { mode: 'stretch' } });
  // @ts-expect-error there is no such program
  await client.POST('/call/none', { body: 'x' });
}
`;

const bySdk = `
import { cut, fails, resize, sayWords, size } from './sdk/index.js';
import { client } from './sdk/client.gen.js';
export async function use(baseUrl: string, Authorization: string) {
  client.setConfig({ baseUrl, headers: { Authorization } });
  const cutTo = await cut({ query: { count: 3 }, body: 'abcdef' });
  const words = await sayWords({ body: { first: 'a', rest: ['b', 'c'] } });
  const resized = await resize({ body: { mode: 'fit', scale: 0.5, quick: true } });
  const sized = await size({ body: { file: new File(['12345'], 'five.txt') } });
  const { error, response } = await fails({ body: '' });
  return { cut: cutTo.data, words: words.data, resized: JSON.parse(resized.data ?? ''), size: sized.data,
    failure: [response?.status, error?.code, error?.exit_code, error?.stderr] };
}
export async function forbidden() {
  // @ts-expect-error a number is needed
  await cut({ query: { count: 'three' }, body: 'abcdef' });
  // @ts-expect-error a parameter is missing
  await sayWords({ body: { first: 'a' } });
  // @ts-expect-error there are two modes
  await resize({ body: { mode: 'stretch' } });
  // @ts-expect-error a file is needed
  await size({ body: { file: 5 } });
}
`;

test.each([
  ['openapi-typescript with openapi-fetch', byTypes, (document: string) => client.addTypes(document)],
  ['@hey-api/openapi-ts', bySdk, (document: string) => client.addSdk(document)],
])('The client of %s compiles under strict, and runs programs with typed parameters and a file', async (_name, program, generate) => {
  await generate(await documentOf());
  client.write('program.ts', program);
  expect(client.faults('program.ts')).toEqual([]);
  const { use } = await client.load<Program>('program.ts');
  expect(await use(server.url, basic(adminLogin))).toEqual(results);
});

describe('Of a hundred definitions with odd names, texts and schemas', () => {
  test('@hey-api/openapi-ts makes a function each, and all of them compile under strict', async () => {
    const before = Object.keys(JSON.parse(await documentOf()).paths).length;
    for (const definition of oddDefinitions(100, 0)) expect((await store(server, definition)).status).toBe(201);
    await client.addSdk(await documentOf());
    expect(client.faults('sdk/index.ts')).toEqual([]);
    expect(Object.keys(await client.load<object>('sdk/index.ts'))).toHaveLength(before + 100);
  });
});
