// A compressed body, or a part of a file, is refused: it would be taken for the whole.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

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

test.each(['gzip, chunked', 'x, chunked', 'chunked, chunked'])('Transfer-Encoding: %s', async (coding) => {
  const head = `POST ${path}execute/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${btoa(adminLogin)}\r\nTransfer-Encoding: ${coding}\r\nConnection: close`;
  expect(await said(`${head}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4(00|15) /);
});

test.each([
  ['Authorization', `Basic ${btoa(adminLogin)}`, 'Basic b3RoZXI6b3RoZXI='],
  ['Content-Type', 'application/json', 'text/plain'],
])('a second header %s is refused', async (name, first, second) => {
  const login = name === 'Authorization' ? '' : `Authorization: Basic ${btoa(adminLogin)}\r\n`;
  const head = `POST /api/process_definition/ HTTP/1.1\r\nHost: localhost\r\n${login}Connection: close\r\nContent-Length: ${definition.length}`;
  const answer = await said(`${head}\r\n${name}: ${first}\r\n${name.toLowerCase()}: ${second}\r\n\r\n${definition}`);
  expect([answer.slice(0, 13), answer.includes(`a request must have one header ${name}, got 2`)]).toEqual(['HTTP/1.1 400 ', true]);
});

/** What the server answers to these bytes. */
async function said(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

test('a part of a file does not replace the file', async () => {
  const { headers } = await server.send({ method: 'POST', path: '/api/run/', body: { exec: '/bin/cat', argv: ['f'], start: false } });
  const file = `${new URL(headers.location as string, server.url).pathname}files/f`;
  expect((await server.send({ method: 'PUT', path: file, body: '0123456789' })).status).toBe(201);
  const part = await server.send({ method: 'PUT', path: file, headers: { 'content-range': 'bytes 5-9/10' }, body: '56789' });
  expect([part.status, part.json.code]).toEqual([400, 'invalid_request']);
  expect((await server.send({ path: file })).text).toBe('0123456789');
});
