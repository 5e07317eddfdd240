// The OpenAPI document is 3.1, its groups are those of users, and nothing of 3.0 is left in it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

interface Operation {
  tags: string[];
  parameters?: { name: string; in: string }[];
}

let server: TestServer;
let text: string;
let document: { openapi: string; tags: { name: string }[]; paths: Record<string, Record<string, Operation>> };

beforeAll(async () => {
  server = await startServer({ COMPAT: 'process,run-code,jobs' });
  ({ text, json: document } = await server.send({ path: '/docs-json', login: '' }));
});

afterAll(async () => {
  await server.stop();
});

const operations = () => Object.entries(document.paths).flatMap(([path, item]) => Object.values(item).map((one) => ({ path, ...one })));

test('The document is OpenAPI 3.1 without the keywords of 3.0', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(text).not.toContain('"nullable"');
  expect(text).not.toMatch(/"default":(?!\{)/);
});

test('Every operation is in one of the groups, which stand in the order of use', () => {
  const names = document.tags.map(({ name }) => name);
  expect(names.join(', ')).toBe(
    'Definitions, Execute, Runs, Services and messages, Streams, Events, Users and tokens, Operations, Older systems',
  );
  const used = new Set(operations().flatMap(({ tags }) => tags));
  expect([...used].sort()).toEqual([...names].sort());
  const older = operations().filter(({ tags }) => tags[0] === 'Older systems');
  expect(older.filter(({ path }) => path.startsWith('/api/') || path.startsWith('/health'))).toEqual([]);
});

test('Every parameter of a path stands in that path', () => {
  const stray = operations().flatMap(({ path, parameters = [] }) =>
    parameters.filter((one) => one.in === 'path' && !path.includes(`{${one.name}}`)).map(({ name }) => `${path} ${name}`),
  );
  expect(stray).toEqual([]);
});

/** Every schema in the document, with its place. */
function schemasIn(value: unknown, place = ''): [string, object][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, object][] => {
    const at = `${place}/${key}`;
    if (key === 'schema') return [[at, inner]];
    if (key === 'schemas') return Object.entries<object>(inner).map(([name, schema]) => [`${at}/${name}`, schema]);
    return schemasIn(inner, at);
  });
}

test('Every schema is one of JSON Schema 2020-12, as OpenAPI 3.1 says', () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  const schemas = schemasIn(document);
  expect(schemas.length).toBeGreaterThan(100);
  expect(schemas.filter(([, schema]) => !ajv.validateSchema(schema)).map(([place]) => place)).toEqual([]);
});

test('What may be null says so', () => {
  const { RunBody, BindingBody } = JSON.parse(text).components.schemas;
  expect(RunBody.properties.exit_code.type).toEqual(['number', 'null']);
  expect(RunBody.properties.end_reason).toMatchObject({ type: ['string', 'null'], enum: expect.arrayContaining(['exit', null]) });
  expect(RunBody.properties.output.anyOf).toEqual([{ $ref: '#/components/schemas/RunOutputBody' }, { type: 'null' }]);
  expect(BindingBody.properties.owner.type).toEqual(['string', 'null']);
});

test('A key that has a default is not required', () => {
  const { NewBindingBody } = JSON.parse(text).components.schemas;
  expect(NewBindingBody.required).toEqual(['definition', 'input']);
  expect(NewBindingBody.properties.concurrency).toMatchObject({ description: expect.stringContaining('default: 1') });
});

test('All errors of one form have the same example', () => {
  const { RegistryErrorBody, ProblemBody } = JSON.parse(text).components.schemas;
  expect(RegistryErrorBody.example).toEqual({ error: ProblemBody.example.error, code: 'not_found' });
  expect(ProblemBody.example).toMatchObject({ status: 404, code: 'not_found', detail: ProblemBody.example.error });
});
