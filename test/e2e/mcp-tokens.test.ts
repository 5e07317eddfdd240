// Access tokens that are good for some tools alone.
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, connect, namesOf, noMessage, runOf, textOf } from '../support/mcp.js';
import { store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const bob = 'bob:bobs-secret';

let server: TestServer;
const open: Client[] = [];
beforeAll(async () => {
  server = await startServer();
  await server.user(bob, 'author');
  for (const [name, tags] of [
    ['one', ['a']],
    ['two', ['a', 'b']],
    ['three', ['c']],
    ['four', []],
  ] as const)
    await store(server, { name, tags, mcp: true, exec: 'cat' }, bob);
  await store(server, { name: 'secret', exec: 'echo', argv: ['hidden'], ...noMessage }, bob);
});
afterAll(async () => {
  for (const client of open) await client.close();
  await server.stop();
});

async function tokenFor(tools: string[], more: object = {}): Promise<{ id: number; token: string }> {
  const { status, json, text } = await server.send({
    method: 'POST',
    path: '/api/token/',
    body: { name: 'agent', tools, ...more },
    login: bob,
  });
  expect(status, text).toBe(201);
  return json;
}

async function clientFor(tools: string[]): Promise<Client> {
  const client = await connect(server, { token: (await tokenFor(tools)).token });
  open.push(client);
  return client;
}

test('a token for a tag has its tools, and sees no other', async () => {
  const client = await clientFor(['a']);
  expect(await namesOf(client)).toEqual(['one', 'two', 'request_upload']);
  expect(textOf(await call(client, 'two', { message: 'x' }))).toBe('x');
  for (const name of ['three', 'four', 'secret'])
    await expect(call(client, name, { message: 'x' })).rejects.toMatchObject({ code: -32602 });
  expect(textOf(await call(client, 'run_tool', { name: 'three', arguments: { message: 'x' } }))).toContain("no tool 'three'");
});

test('names and tags can be mixed, and a shared tool of another user is named with its owner', async () => {
  await store(server, { name: 'other', mcp: true, exec: 'cat', visibility: 'shared' });
  expect(await namesOf(await clientFor(['four', 'b', 'admin--other']))).toEqual(['two', 'four', 'admin--other', 'request_upload']);
  expect(await namesOf(await clientFor(['nothing']))).toEqual([]);
});

test('a token for tools is refused everywhere else', async () => {
  const { token } = await tokenFor(['a'], { scopes: ['author'] });
  const asked: [string, string][] = [
    ['GET', '/api/me/'],
    ['GET', '/api/process_definition/'],
    ['POST', '/call/one'],
    ['POST', '/api/token/'],
    ['POST', '/api/ticket/'],
    ['GET', '/api/run/'],
    ['GET', '/api/event/'],
    ['POST', '/process'],
    ['GET', '/jobs/'],
  ];
  for (const [method, path] of asked) {
    const { status, json } = await server.send({ method, path, login: '', headers: { authorization: `Bearer ${token}` } });
    expect([path, status, json.error ?? json.detail]).toEqual([path, 403, 'this token may only call tools, at /mcp']);
  }
  const basic = `Basic ${Buffer.from(`bob:${token}`).toString('base64')}`;
  expect((await server.send({ path: '/api/me/', login: '', headers: { authorization: basic } })).status).toBe(403);
});

test('a token for tools sends files ahead at its upload URLs', async () => {
  const { token } = await tokenFor(['one']);
  const client = await connect(server, { token });
  open.push(client);
  const { url, value } = (await call(client, 'request_upload')).structuredContent as { url: string; value: string };
  const headers = { authorization: `Bearer ${token}` };
  expect((await server.send({ method: 'PUT', path: new URL(url).pathname, login: '', headers, body: 'ahead' })).status).toBe(201);
  expect(textOf(await call(client, 'one', { message_from: value }))).toBe('ahead');
});

test('what runs of other programs have left is out of reach for it', async () => {
  const hidden = (await server.send({ method: 'POST', path: '/call/secret', login: bob })).headers['run-id'];
  const client = await clientFor(['one']);
  const shown = runOf(await call(client, 'one', { message: 'shown' }));
  const refused = await call(client, 'one', { message_from: `run:${hidden}/output` });
  expect([refused.isError, textOf(refused)]).toEqual([true, `there is no run ${hidden}`]);
  await expect(client.readResource({ uri: `procreg://run/${hidden}/output` })).rejects.toMatchObject({ code: -32602 });
  expect((await client.readResource({ uri: `procreg://run/${shown}/output` })).contents).toMatchObject([{ text: 'shown' }]);
  const { resources } = await client.listResources();
  expect(resources.every(({ name }) => name.startsWith('one'))).toBe(true);
});

test('lists show the tools of tokens, and admins give such tokens to users', async () => {
  const created = await server.send({ method: 'POST', path: '/api/user/bob/token/', body: { name: 'by admin', tools: ['c'] } });
  expect(created.status).toBe(201);
  const client = await connect(server, { token: created.json.token });
  open.push(client);
  expect(await namesOf(client)).toEqual(['three', 'request_upload']);
  const { objects } = (await server.send({ path: '/api/user/bob/token/' })).json;
  expect(objects.at(-1)).toMatchObject({ name: 'by admin', tools: ['c'], scopes: null });
  const wrong = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'x', tools: 'a' } });
  expect(wrong.status).toBe(400);
});

test('a revoked token ends the calls that it has begun', async () => {
  await store(server, { name: 'long', mcp: true, exec: 'sleep', argv: ['60'], ...noMessage }, bob);
  const { id, token } = await tokenFor(['long']);
  const client = await connect(server, { token });
  open.push(client);
  // this client waits for its own timeout
  call(client, 'long').catch(() => {});
  const run = async () => (await server.send({ path: '/api/run/?definition=bob:long' })).json.objects[0];
  await expect.poll(async () => (await run())?.state, { timeout: 5000 }).toBe('running');
  await server.send({ method: 'DELETE', path: `/api/token/${id}/`, login: bob });
  await expect.poll(async () => (await run()).state, { timeout: 5000 }).toBe('finished');
});
