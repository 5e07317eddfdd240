// Files that agents send ahead: a URL for one file, and upload:ID in its place, in tools and elsewhere.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support/http.js';
import { call, connect, runOf, textOf } from '../support/mcp.js';
import { needed, shellWith, store } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const file = { type: 'string', format: 'file' };
const bob = 'bob:bobs-secret';
const bound = 32 * 2 ** 20;

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: String(bound) });
  await server.user(bob, 'author');
  await store(server, {
    name: 'digest',
    mcp: true,
    visibility: 'shared',
    ...shellWith('basename "$1"; sha256sum <"$1"', ['${file}'], needed({ file })),
  });
  await store(server, { name: 'copy', mcp: true, exec: 'cat', description: 'Copies' });
  client = await connect(server);
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

interface Offer {
  url: string;
  value: string;
  max_bytes: number;
}

const offered = async (given: object = {}, by = client) =>
  (await call(by, 'request_upload', { ...given })).structuredContent as unknown as Offer;
const put = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
  send(server.url, { method: 'PUT', path: url.slice(server.url.length), body, headers });
const digestOf = async (bytes: Buffer) => Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex');

test('20 MB go in by a URL that needs no login, and out by reference, and pass no model', async () => {
  const bytes = randomBytes(20_000_000);
  const offer = await offered({ name: 'voice.wav' });
  expect(offer).toMatchObject({ max_bytes: bound, value: expect.stringMatching(/^upload:/) });
  const { status, json } = await put(offer.url, bytes);
  expect([status, json]).toEqual([201, { value: offer.value, bytes: bytes.length }]);
  const said = `voice.wav\n${await digestOf(bytes)}  -\n`;
  expect(textOf(await call(client, 'digest', { file: offer.value }))).toBe(said);
  expect(textOf(await call(client, 'digest', { file: offer.value }))).toBe(said);
  const copied = await call(client, 'copy', { message_from: offer.value });
  expect(copied.content[1]).toMatchObject({ type: 'resource_link', size: bytes.length });
  const out = await server.send({ path: `/api/run/${runOf(copied)}/output/` });
  expect(out.bytes.equals(bytes)).toBe(true);
  expect(textOf(await call(client, 'digest', { file: `run:${runOf(copied)}/output` }))).toContain(await digestOf(bytes));
});

test('the URL is good once, at its own address, and not for reading', async () => {
  const { url } = await offered();
  expect((await send(server.url, { path: url.slice(server.url.length) })).status).toBe(405);
  const other = await offered();
  const ticket = new URL(url).search;
  expect((await put(`${server.url}${new URL(other.url).pathname}${ticket}`, Buffer.from('x'))).status).toBe(401);
  expect((await put(url, Buffer.from('x'))).status).toBe(201);
  expect((await put(url, Buffer.from('y'))).status).toBe(401);
});

test('a login of its user is good in place of the ticket, and that of another is not', async () => {
  const { url, value } = await offered();
  const path = new URL(url).pathname;
  expect((await server.send({ method: 'PUT', path, body: 'mine', login: bob })).status).toBe(404);
  expect((await server.send({ method: 'PUT', path, body: 'mine' })).status).toBe(201);
  expect((await server.send({ method: 'PUT', path, body: 'again' })).json.code).toBe('wrong_state');
  expect(textOf(await call(client, 'copy', { message_from: value }))).toBe('mine');
  const others = await connect(server, { login: bob });
  const refused = await call(others, 'admin--digest', { file: value });
  expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining('there is no upload')]);
  await others.close();
});

test('a file is not kept when its credentials have ended while it was sent', async () => {
  const { id, token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'short' } })).json;
  const sender = await connect(server, { token });
  const { url, value } = await offered({}, sender);
  const body = new PassThrough();
  const sent = send(server.url, { method: 'PUT', path: url.slice(server.url.length), body, headers: { 'content-length': '6' } });
  body.write('abc');
  await expect.poll(() => readdirSync(join(server.dataDir, 'uploads'))).toContain(value.slice('upload:'.length));
  const cut = expect(sent).rejects.toThrow('socket hang up');
  await server.send({ method: 'DELETE', path: `/api/token/${id}/` });
  body.end('def');
  await cut;
  const refused = await call(client, 'copy', { message_from: value });
  expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining('has not arrived')]);
  await expect.poll(() => readdirSync(join(server.dataDir, 'uploads'))).not.toContain(value.slice('upload:'.length));
  await sender.close();
});

test('every interface takes upload:ID where it takes run:ID/output', async () => {
  const { url, value } = await offered({ name: 'a.txt' });
  await put(url, Buffer.from('sent ahead'));
  const said = await server.send({ method: 'POST', path: '/call/digest', body: { file: value } });
  expect(said.text).toBe(`a.txt\n${await digestOf(Buffer.from('sent ahead'))}  -\n`);
  expect((await server.send({ method: 'POST', path: `/call/copy?-message_from=${value}` })).text).toBe('sent ahead');
  const unknown = await server.send({ method: 'POST', path: '/call/copy?-message_from=upload:nothing' });
  expect([unknown.status, unknown.json.detail]).toEqual([404, "message_from 'upload:nothing': there is no upload nothing"]);
  const { value: awaited } = await offered();
  expect((await server.send({ method: 'POST', path: `/call/copy?-message_from=${awaited}` })).json.code).toBe('wrong_state');
});

test('a file beyond MAX_MESSAGE_BYTES is refused, as are too many uploads of one user', async () => {
  const { url } = await offered();
  expect((await put(url, Buffer.alloc(bound + 1))).json.code).toBe('message_too_large');
  const others = await connect(server, { login: bob });
  for (let index = 0; index < 50; index++) await offered({}, others);
  expect(textOf(await call(others, 'request_upload'))).toContain('at most 50 uploads');
  expect((await offered()).value).toMatch(/^upload:/);
  await others.close();
});

test('uploads lie in DATA_DIR, and are gone with the next start', async () => {
  const folder = join(server.dataDir, 'uploads');
  expect(readdirSync(folder).length).toBeGreaterThan(0);
  const { dataDir } = server;
  await client.close();
  await server.stop({ keep: true });
  server = await startServer({ MAX_MESSAGE_BYTES: String(bound) }, { dataDir });
  expect(existsSync(folder)).toBe(false);
  client = await connect(server, { login: adminLogin });
});
