// Requests of agents that want to get past the checks, to hold up the server, or to make it say what is not meant for them.
import { rmSync, writeFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eras, noMessage, rpc, typed } from '../support/mcp.js';
import { needed, shell, shellWith, store } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const bob = 'bob:bobs-secret';
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const json = { ...noMessage, ...typed('application/json') };
const definitions: Record<string, object> = {
  cat: { exec: 'cat' },
  deep: { exec: 'cat', argv: ['deep'], files: { deep: deep(16_000) }, ...json },
  prototype: { exec: 'printf', argv: ['%s', '{"__proto__": {"a": 1}}'], ...json },
  inexact: { exec: 'printf', argv: ['%s', '[12345678901234567890]'], ...json },
  files: shell('mkdir d; echo inside >d/a; ln -s /etc/passwd link; ln -s d dlink; mkfifo fifo', { ...noMessage, keep: { files: true } }),
  long: shell('sleep 60', noMessage),
  many: shellWith('echo $#', ['${files}'], {
    ...noMessage,
    ...needed({ files: { type: 'array', items: { type: 'string', format: 'file' } } }),
  }),
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '2', CORS_ORIGINS: 'http://app.example' });
  await server.user(bob, 'author');
  for (const [name, definition] of Object.entries(definitions)) {
    const { status, text } = await store(server, { ...definition, name, mcp: true, description: name, visibility: 'shared' });
    expect(status, text).toBe(201);
  }
});
afterAll(() => server.stop());

const called = (name: string, given: unknown) => ({ name, arguments: given as Record<string, unknown> });
const running = async () => (await server.send({ path: '/api/run/?state=running' })).json.objects.length;

describe.each(eras)('in the era %s', (era) => {
  test.each([
    ['a byte order mark, behind which another parser would read it', (text: string) => `\ufeff${text}`],
    ['bytes that are not UTF-8', (text: string) => Buffer.from(text.replace('here', '\xff'), 'latin1')],
    ['no JSON', () => 'no'],
    ['nothing', () => ''],
  ])('a body with %s is no JSON, and is looked at by nobody else', async (_what, spoil) => {
    const { status, message } = await rpc(server, 'tools/call', called('cat', { message: 'here' }), { era, spoil });
    expect([status, message.error?.code]).toEqual([400, -32700]);
  });

  test.each([
    ['a key that changes prototypes', '{"__proto__": {"message": "x"}}'],
    ['too many levels', `{"message": ${deep(600)}}`],
    ['a NUL', '{"message": "a\\u0000b"}'],
  ])('arguments with %s are refused', async (_what, given) => {
    const spoil = (text: string) => text.replace('"arguments":{}', `"arguments":${given}`);
    const { status, message } = await rpc(server, 'tools/call', called('cat', {}), { era, spoil });
    expect([status, message.code]).toEqual([400, 'invalid_request']);
  });

  test('a large body may have long values, and not very many', async () => {
    const given = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`a${index}`, 1]));
    expect((await rpc(server, 'tools/call', called('cat', given), { era })).status).toBe(413);
    const { message } = await rpc(server, 'tools/call', called('cat', { message: 'x'.repeat(3_000_000) }), { era });
    expect(message.result.content[1]).toMatchObject({ type: 'resource_link', size: 3_000_000 });
  });

  test('a call has at most a thousand files', async () => {
    const files = (count: number) => called('many', { files: Array.from({ length: count }, () => 'x') });
    const { message } = await rpc(server, 'tools/call', files(1001), { era });
    expect(message.result).toMatchObject({ isError: true, content: [{ text: 'at most 1000 files may be given, got 1001' }] });
    expect((await rpc(server, 'tools/call', files(3), { era })).message.result.content).toMatchObject([{ text: '3\n' }]);
  });

  test.each([
    ['run_tool', { name: { toString: 1 } }, 'name must be a text'],
    ['run_tool', { name: 'x'.repeat(100_000) }, `there is no tool '${'x'.repeat(200)}'; find one with search_tools`],
    ['search_tools', { query: [1] }, 'query must be a text'],
    ['request_upload', { name: '../x' }, 'name contains a folder part'],
  ])('%s says what is wrong with its arguments, briefly', async (name, given, said) => {
    const { message } = await rpc(server, 'tools/call', called(name, given), { era });
    expect(message.result).toMatchObject({ isError: true, content: [{ text: said }] });
  });

  test.each([
    ['resources/read', { uri: 5 }],
    ['tools/list', { cursor: {} }],
    ['tools/call', called('cat', [])],
    ['tools/call', called('x'.repeat(5000), {})],
  ])('parameters of %s that do not fit are the error -32602, which is short', async (method, params) => {
    const { message } = await rpc(server, method, params, { era });
    expect(message.error.code).toBe(-32602);
    expect(message.error.message.length).toBeLessThan(500);
  });

  test('no address of a resource, and no reference to a file, leads out of the files of a run', async () => {
    const { message } = await rpc(server, 'tools/call', called('files', {}), { era });
    const id = message.result._meta['process-registry/run'];
    const read = async (path: string, login = adminLogin) =>
      (await rpc(server, 'resources/read', { uri: `procreg://run/${id}/files/${path}` }, { era, login })).message;
    expect((await read('d%2Fa')).result.contents).toMatchObject([{ blob: Buffer.from('inside\n').toString('base64') }]);
    const ways = [
      '../log',
      '%2e%2e/%2e%2e/etc/passwd',
      '/etc/passwd',
      '%2Fetc/passwd',
      'd/../d/a',
      'link',
      'dlink/a',
      'fifo',
      'd',
      '%00',
      '%FC',
    ];
    for (const way of ways) {
      expect([way, (await read(way)).error?.code]).toEqual([way, -32602]);
      const copied = await rpc(server, 'tools/call', called('cat', { message_from: `run:${id}/files/${way}` }), { era });
      expect([way, copied.message.result.isError]).toEqual([way, true]);
    }
    expect((await read('d/a', bob)).error.message).toContain(`there is no run ${id}`);
  });

  test.each(['deep', 'prototype', 'inexact'])('JSON of a program that would do harm elsewhere is a text (%s)', async (name) => {
    const { message } = await rpc(server, 'tools/call', called(name, {}), { era });
    const { content, structuredContent, isError } = message.result;
    expect([isError, structuredContent]).toEqual([undefined, { result: content[0].text }]);
  });
});

test('what goes wrong in the server is in its log, and the caller reads only that it did', async () => {
  const failing = await startServer();
  await store(failing, { ...definitions.cat, name: 'cat', mcp: true });
  // messages cannot be stored below what is not a folder
  rmSync(join(failing.dataDir, 'runs'), { recursive: true });
  writeFileSync(join(failing.dataDir, 'runs'), '');
  const { message } = await rpc(failing, 'tools/call', called('cat', { message: 'x'.repeat(1_000_000) }));
  expect(message.error).toEqual({ code: -32603, message: 'internal error' });
  await expect.poll(() => failing.said()).toContain(`not a directory, lstat '${failing.dataDir}`);
  await failing.stop();
});

test('a server that takes no more runs says so as the result of the call', async () => {
  const full = await startServer({ LANES: 'io=1', USER_QUEUE_LIMIT: '1' });
  await store(full, { name: 'pause', mcp: true, ...shell('sleep 2', noMessage) });
  const calls = Array.from({ length: 4 }, (_, id) => rpc(full, 'tools/call', called('pause', {}), { id }));
  const refused = (await Promise.all(calls)).map(({ message }) => message.result).filter(({ isError }) => isError);
  expect(refused.length).toBeGreaterThan(0);
  for (const result of refused)
    expect(result).toMatchObject({ content: [{ type: 'text', text: expect.stringContaining('USER_QUEUE_LIMIT') }] });
  await full.stop();
});

test('a page of another origin is refused by every method, and one of CORS_ORIGINS reads its session', async () => {
  const ofPages: Record<string, string>[] = [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
  for (const method of ['GET', 'POST', 'DELETE'])
    for (const headers of ofPages) {
      const { status, json } = await server.send({ method, path: '/mcp', headers: { accept: 'text/event-stream', ...headers } });
      expect([method, status, json.code]).toEqual([method, 403, 'cross_site']);
    }
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } };
  const { status, headers } = await rpc(server, 'initialize', hello, { headers: { origin: 'http://app.example' } });
  expect([status, headers['mcp-session-id']]).toEqual([200, expect.any(String)]);
  expect(headers['access-control-expose-headers']).toContain('Mcp-Session-Id');
});

test('no Host gets into the address that a 401 names', async () => {
  const { port, hostname } = new URL(server.url);
  for (const host of [`127.0.0.1:1", x="y`, '127.0.0.1:1@evil.example', '127.0.0.1:1/evil', 'localhost:x']) {
    const socket = dial(Number(port), hostname);
    socket.write(`POST /mcp HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    const answer = await text(socket);
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 400');
    expect(answer.toLowerCase()).not.toContain('www-authenticate: bearer');
  }
});

test('a call is cancelled by its user in its session, and by nobody else', async () => {
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const sessionOf = async (login: string) => (await rpc(server, 'initialize', hello, { login })).headers['mcp-session-id'] as string;
  const [own, other] = [await sessionOf(bob), await sessionOf(bob)];
  const call = rpc(server, 'tools/call', called('admin--long', {}), { login: bob, id: 42, headers: { 'mcp-session-id': own } });
  await expect.poll(running, { timeout: 5000 }).toBe(1);
  const cancel = (login: string, session: string) =>
    rpc(
      server,
      'notifications/cancelled',
      { requestId: 42 },
      {
        login,
        headers: { 'mcp-session-id': session },
        spoil: (text) => text.replace('"id":1,', ''),
      },
    );
  for (const [login, session] of [
    [adminLogin, own],
    [bob, other],
    [bob, 'made up'],
  ])
    expect((await cancel(login, session)).status).toBe(202);
  // long enough for a run to end
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await running()).toBe(1);
  await cancel(bob, own);
  await call;
  await expect.poll(running, { timeout: 5000 }).toBe(0);
});
