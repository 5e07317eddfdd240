// A compressed body, or a part of a file, is refused: it would be taken for the whole.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let path: string;
beforeAll(async () => {
  server = await startServer();
  path = await defined(server, { exec: '/bin/cat' });
});
afterAll(() => server.stop());

const definition = JSON.stringify({ definition: { exec: '/bin/cat' } });

test.each(['gzip', 'br', 'GZIP', 'identity, gzip', 'x'])('Content-Encoding: %s', async (encoding) => {
  const headers = { 'content-encoding': encoding };
  const ran = await server.send({ method: 'POST', path: `${path}execute/`, headers, body: gzipSync('hello') });
  expect([ran.status, ran.json.code]).toEqual([415, 'unsupported_media_type']);
  const json = { ...headers, 'content-type': 'application/json' };
  expect((await server.send({ method: 'PUT', path, headers: json, body: gzipSync(definition) })).status).toBe(415);
});

test.each(['identity', 'Identity'])('Content-Encoding: %s is no encoding', async (encoding) => {
  const ran = await server.send({ method: 'POST', path: `${path}execute/`, headers: { 'content-encoding': encoding }, body: 'hello' });
  expect([ran.status, ran.text]).toEqual([200, 'hello']);
});

test('a part of a file does not replace the file', async () => {
  const { headers } = await server.send({ method: 'POST', path: '/api/run/', body: { exec: '/bin/cat', argv: ['f'], start: false } });
  const file = `${new URL(headers.location as string, server.url).pathname}files/f`;
  expect((await server.send({ method: 'PUT', path: file, body: '0123456789' })).status).toBe(201);
  const part = await server.send({ method: 'PUT', path: file, headers: { 'content-range': 'bytes 5-9/10' }, body: '56789' });
  expect([part.status, part.json.code]).toEqual([400, 'invalid_request']);
  expect((await server.send({ path: file })).text).toBe('0123456789');
});
