// What is written while a program runs begins at once with its head, and is framed as the version of HTTP can.
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('the head of a log that is followed comes before the first line', async () => {
  const path = await defined(server, shell('sleep 60'));
  const { json } = await server.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } });
  const asked = get(`${server.url}/api/run/${json.id}/log/?follow=1`, { auth: adminLogin });
  const [{ statusCode, headers }] = await once(asked, 'response', { signal: AbortSignal.timeout(10_000) });
  expect([statusCode, headers['x-accel-buffering']]).toEqual([200, 'no']);
  asked.destroy();
  await server.send({ method: 'POST', path: `/api/run/${json.id}/stop/` });
});

test('a client of HTTP/1.0 gets a streamed output without chunks', async () => {
  const path = await defined(server, { exec: '/bin/cat' });
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const login = Buffer.from(adminLogin).toString('base64');
  socket.write(`POST ${path}execute/?stream=1 HTTP/1.0\r\nAuthorization: Basic ${login}\r\nContent-Length: 5\r\n\r\nhello`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const [head, body] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.[01] 200 /);
  expect(head.toLowerCase()).not.toContain('chunked');
  expect(body).toBe('hello');
});
