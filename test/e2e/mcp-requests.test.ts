// Requests to /mcp that are refused before any tool is looked at.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('a request without a login is told where clients of the protocol look, and that place answers', async () => {
  const { status, headers } = await server.send({ method: 'POST', path: '/mcp', login: '', body: {} });
  expect(status).toBe(401);
  const place = `${server.url}/.well-known/oauth-protected-resource/mcp`;
  expect(headers['www-authenticate']).toBe(`Bearer resource_metadata="${place}", Basic realm="process-registry", charset="UTF-8"`);
  const { json } = await server.send({ path: new URL(place).pathname, login: '' });
  expect(json).toMatchObject({ resource: `${server.url}/mcp`, bearer_methods_supported: ['header'] });
});

test('a page of another origin and another host are refused', async () => {
  const sent = { method: 'POST', path: '/mcp', login: adminLogin, body: {} };
  expect((await server.send({ ...sent, headers: { origin: 'http://evil.example' } })).status).toBe(403);
  expect((await server.send({ ...sent, headers: { host: 'evil.example' } })).status).toBe(421);
});

test('a viewer has no tools', async () => {
  await server.user('vic:vics-secret', 'viewer');
  expect((await server.send({ method: 'POST', path: '/mcp', login: 'vic:vics-secret', body: {} })).status).toBe(403);
});

test('a body of more than 4 MiB, and one that is not JSON, are refused', async () => {
  expect((await server.send({ method: 'POST', path: '/mcp', body: Buffer.alloc(5 * 2 ** 20) })).status).toBe(413);
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  expect((await server.send({ method: 'POST', path: '/mcp', body: 'no', headers })).json.error.code).toBe(-32700);
});
