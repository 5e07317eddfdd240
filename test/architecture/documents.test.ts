// The documents that are made from the code are the code's: errors, settings, states, every HTTP route.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

type Routes = Record<string, Record<string, { summary?: string; responses: Record<string, object> }>>;

let server: TestServer;
let openapi: { paths: Routes };

beforeAll(async () => {
  server = await startServer();
  openapi = (await server.send({ path: '/docs-json', login: '' })).json;
});

afterAll(async () => {
  await server.stop();
});

test('docs/ says what the code says (npm run docs)', async () => {
  const generator = join(projectRoot, 'scripts/documents.mjs');
  const { documents } = (await import(generator)) as { documents: (openapi: object) => Record<string, string> };
  for (const [path, text] of Object.entries(await documents(openapi))) {
    expect(readFileSync(join(projectRoot, path), 'utf8'), path).toBe(text);
  }
});

test('every route is on exactly one page of docs/http', () => {
  const pages = ['definitions', 'execute', 'runs', 'bindings', 'events', 'mcp', 'run-code', 'process', 'jobs', 'accounts', 'about'].map(
    (page) => readFileSync(join(projectRoot, `docs/http/${page}.md`), 'utf8'),
  );
  const headings = pages.flatMap((text) => [...text.matchAll(/^## (\S+ \S+)$/gm)].map(([, heading]) => heading));
  const routes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(headings.sort()).toEqual(routes.sort());
});

test('every route has a summary and says how it fails', () => {
  for (const [path, methods] of Object.entries(openapi.paths)) {
    for (const [method, { summary, responses }] of Object.entries(methods)) {
      expect(summary, `${method} ${path}`).toBeTruthy();
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => status.startsWith('2') || status === '101'),
        `${method} ${path}`,
      ).toBe(true);
      if (path.startsWith('/api/') && path !== '/api/') expect(statuses).toEqual(expect.arrayContaining(['401', '403', '429']));
    }
  }
});
