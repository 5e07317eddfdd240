// The schemas of parameters in the OpenAPI document of definitions: where references lead, and what is left out.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { livenessDuring } from '../support/liveness.js';
import { startServer, type TestServer } from '../support/server.js';

const path = '/api/process_definition/openapi.json';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function put(name: string, definition: object): Promise<void> {
  const answer = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
  expect([200, 201, 204], answer.text).toContain(answer.status);
}

test('Every reference leads to a schema that means the same, however it is written', async () => {
  const written: [reference: object, means: object][] = [
    [{ $ref: '#/$defs/sp%20ace' }, { type: 'integer' }],
    [{ $ref: '#/$defs/sl~1ash' }, { type: 'boolean' }],
    [{ $ref: '#named' }, { type: 'null' }],
    [{ $dynamicRef: '#named' }, { type: 'null' }],
    [{ $ref: 'part' }, { type: 'number' }],
    [{ $ref: '#/properties/p0/$defs/inner' }, { type: 'string' }],
  ];
  const properties = Object.fromEntries(
    written.map(([reference], index) => [`p${index}`, { type: 'object', properties: { x: reference } }]),
  );
  Object.assign(properties['p0'], { $defs: { inner: { type: 'string' } } });
  const $defs = {
    'sp ace': { type: 'integer' },
    'sl/ash': { type: 'boolean' },
    n: { $anchor: 'named', type: 'null' },
    i: { $id: 'part', type: 'number' },
  };
  const parameters = { type: 'object', properties, $defs };
  await put('references', { exec: 'true', input_adapter: { input_type: 'none' }, parameters });
  const { paths, components } = (await server.send({ path: `${path}?definition=references` })).json;
  const { $ref } = paths['/call/references'].post.requestBody.content['application/json'].schema;
  const at = (reference: string) => components.schemas[reference.slice('#/components/schemas/'.length)];
  const shown = written.map((_one, index) => at(at($ref).properties[`p${index}`].properties.x.$ref));
  expect(shown).toEqual(written.map(([, means]) => means));
});

test('Schemas that branch a million times, and references that repeat a schema, delay no document', async () => {
  const levels = Array.from({ length: 20 }, (_, index) => [`d${index}`, { anyOf: Array(2).fill({ $ref: `#/$defs/d${index + 1}` }) }]);
  const $defs = { ...Object.fromEntries(levels), d20: { type: 'integer', maximum: -1 } };
  const branching = { type: 'object', properties: { p: { $ref: '#/$defs/d0', default: 5 } }, $defs };
  let nested: object = { enum: Array.from({ length: 1500 }, (_, index) => `value ${index}`) };
  for (let level = 0; level < 60; level++) nested = { not: nested };
  const into = Array.from({ length: 60 }, (_, index) => [`r${index}`, { $ref: `#/properties/n${'/not'.repeat(index)}` }]);
  const repeating = { type: 'object', properties: { n: nested, ...Object.fromEntries(into) } };
  for (const [name, parameters] of Object.entries({ branching, repeating }))
    await put(name, { exec: 'true', input_adapter: { input_type: 'none' }, parameters });
  const { result, longestMs } = await livenessDuring(server, () => server.send({ path: `${path}?definition=branching,repeating` }));
  expect(longestMs).toBeLessThan(1000);
  expect(result.text.length).toBeLessThan(400_000);
  expect(Object.keys(result.json.paths)).toHaveLength(2);
});

test('What tools refuse and no program could take is left out: misfits, patterns of another dialect, unknown keywords', async () => {
  const properties = {
    a: { type: 'integer', default: 'seven', examples: [1, 'x'], widget: 'slider', 'x-order': { type: 1 } },
    b: { type: 'string', pattern: '(?i)^a', enum: ['a', 'a', 1], readOnly: true },
    c: { type: 'array' },
  };
  const examples = [{ parameters: { a: 1, b: 'a' } }, { parameters: { a: 'one' } }, { parameters: { b: 'b' } }];
  await put('odd', { exec: 'true', input_adapter: { input_type: 'none' }, parameters: { type: 'object', properties }, examples });
  const { paths } = (await server.send({ path: `${path}?definition=odd` })).json;
  const body = paths['/call/odd'].post.requestBody.content['application/json'];
  expect(body.schema.properties).toEqual({
    a: { type: 'integer', examples: [1], 'x-order': { type: 1 } },
    b: { type: 'string', enum: ['a'] },
    c: { type: 'array', items: {} },
  });
  expect(body.examples).toEqual({ example1: { value: { a: 1, b: 'a' } } });
});

test('Every reference of a document leads to a place in it, whatever a schema of an author calls itself', async () => {
  const login = 'namer:namers-secret';
  await server.user(login, 'author');
  const $id = 'http://elsewhere.example/own.json';
  const parameters = {
    ...{ $id, $defs: { word: { type: 'string', minLength: 1, $anchor: 'word' } } },
    properties: { a: { $ref: $id }, b: { $ref: '#word' }, c: { $ref: '#/$defs/word' }, d: { $ref: '#' }, e: { $ref: '#/properties/c' } },
  };
  const { status } = await server.send({
    method: 'PUT',
    path: '/api/process_definition/named/',
    login,
    body: { definition: { exec: '/bin/true', parameters } },
  });
  expect([201, 400]).toContain(status);
  const { text, json } = await server.send({ path, login });
  for (const [, reference] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
    const parts = reference
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = parts.reduce((inner, part) => inner?.[part], json);
    expect([reference, typeof found]).toEqual([reference, 'object']);
  }
  expect(text).not.toContain('elsewhere.example');
});
