// The OpenAPI document is 3.1, its groups are those of users, and nothing of 3.0 is left in it.
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
  expect(names.join(', ')).toBe('Definitions, Execute, Runs, Services and messages, Streams, Users and tokens, Operations, Older systems');
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
