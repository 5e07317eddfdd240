// What authors can do to the tools of others: take their names, get into their tokens, crowd them out, or be heard of.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, connect, eras, namesOf, noMessage, textOf } from '../support/mcp.js';
import { store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const [bob, hyphens, eve, run] = ['bob:b', 'bob--x:x', 'eve:e', 'run:r'];

let server: TestServer;
const open: Client[] = [];
beforeAll(async () => {
  server = await startServer();
  for (const login of [bob, hyphens, eve]) await server.user(login, 'author');
  await server.user(run, 'runner');
});
afterAll(async () => {
  for (const client of open) await client.close();
  await server.stop();
});

const storedBy = async (login: string, name: string, more: object = {}) => {
  const definition = { name, exec: 'echo', argv: [`${name} of ${login}`], mcp: true, visibility: 'shared', ...noMessage, ...more };
  const { status, text } = await store(server, definition, login);
  expect(status, text).toBe(201);
};

async function clientOf(login: string, more: object = {}): Promise<Client> {
  const client = await connect(server, { login, ...more });
  open.push(client);
  return client;
}

async function tokenOf(login: string, tools: string[]): Promise<string> {
  return (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'agent', tools }, login })).json.token;
}

test('no tool of another user has the name of an own one, and none is named like one of a third user', async () => {
  await storedBy(bob, 'x--y');
  await storedBy(hyphens, 'y');
  const runner = await clientOf(run);
  expect(await namesOf(runner)).toEqual(['bob--x--y', 'bob_45-x--y']);
  expect(textOf(await call(runner, 'bob--x--y'))).toBe('x--y of bob:b\n');
  expect(textOf(await call(runner, 'bob_45-x--y'))).toBe('y of bob--x:x\n');
  await storedBy(eve, 'bob--x--y', { visibility: 'private' });
  const client = await clientOf(eve);
  expect(textOf(await call(client, 'bob--x--y'))).toBe('bob--x--y of eve:e\n');
  expect((await namesOf(client)).filter((name) => name.includes('x--y'))).toHaveLength(3);
});

test('a token for a tool is not one for what others give the name of that tool as a tag', async () => {
  await storedBy(bob, 'resize');
  const token = await tokenOf(bob, ['resize', 'pictures']);
  await storedBy(eve, 'evil', { tags: ['resize'] });
  await storedBy(eve, 'shared', { tags: ['pictures'] });
  expect(await namesOf(await clientOf(bob, { token }))).toEqual(['resize', 'eve--shared']);
});

test('a service is not a tool, also when its author says so, and is told', async () => {
  const definition = { name: 'service', exec: 'cat', process_type: 'service', mcp: true };
  const { status, headers } = await store(server, definition, bob);
  expect([status, headers.warning]).toEqual([201, expect.stringContaining('a service is not a tool')]);
  const client = await clientOf(bob);
  expect(await namesOf(client)).not.toContain('service');
  await expect(call(client, 'service')).rejects.toMatchObject({ code: -32602 });
  expect((await call(client, 'run_tool', { name: 'service' })).isError).toBe(true);
});

test('a description that is very long is cut for models', async () => {
  await storedBy(bob, 'wordy', { description: 'word '.repeat(10_000) });
  const { tools } = await (await clientOf(bob)).listTools();
  expect(tools.find(({ name }) => name === 'wordy')?.description).toHaveLength(20_000);
});

test('search finds only what the caller has', async () => {
  await storedBy(bob, 'hidden', { visibility: 'private', description: 'zebra' });
  const client = await clientOf(eve);
  const { structuredContent } = await call(client, 'search_tools', { query: 'zebra hidden' });
  expect(structuredContent).toEqual({ tools: [] });
  expect(textOf(await call(client, 'run_tool', { name: 'bob--hiden' }))).not.toContain('hidden');
});

describe.each(eras)('in the era %s', (era) => {
  test('a client hears of changes of the tools that it has, and of no others', async () => {
    const token = await tokenOf(bob, [era]);
    const listeners = { admin: await clientOf('admin:secret', { era }), token: await clientOf(bob, { era, token }) };
    let heard = { admin: 0, token: 0 };
    for (const who of ['admin', 'token'] as const) {
      listeners[who].setNotificationHandler('notifications/tools/list_changed', () => void heard[who]++);
      if (era === 'auto') await listeners[who].listen({ toolsListChanged: true });
    }
    // the streams of the older era are opened after the handshake
    const both = async () => {
      await storedBy(bob, `both-${era}-${performance.now()}`, { tags: [era] });
      return heard;
    };
    const least = async () => Math.min(...Object.values(await both()));
    await expect.poll(least, { timeout: 10_000, interval: 300 }).toBeGreaterThan(0);
    await sleep(500);
    heard = { admin: 0, token: 0 };
    await storedBy(bob, `private-${era}`, { visibility: 'private' });
    await storedBy(eve, `other-${era}`);
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual({ admin: 1, token: 0 });
    await storedBy(bob, `mine-${era}`, { visibility: 'private', tags: [era] });
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual({ admin: 1, token: 1 });
  });
});
