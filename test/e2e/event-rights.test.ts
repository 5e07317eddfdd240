// Who hears of what at /api/event/: exactly those who may see it, and only as long as their credentials hold.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUser, uriOf } from '../support/accounts.js';
import { type EventsHeard, readEvents, readFrames, shortOf } from '../support/event-stream.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const readers: Record<string, EventsHeard> = {};
const logins: Record<string, string> = { admin: 'admin:secret' };

/** A token of the author that has scopes, and one that has none. */
async function tokenOf(login: string, more: object): Promise<string> {
  return (await server.send({ method: 'POST', path: '/api/token/', login, body: { name: 'one', ...more } })).json.token;
}

beforeAll(async () => {
  server = await startServer();
  for (const role of ['viewer', 'runner', 'author']) logins[role] = `${await newUser(server, role)}:pw`;
  logins.other = `${await newUser(server, 'author')}:pw`;
  const [whole, limited] = [await tokenOf(logins.author, {}), await tokenOf(logins.author, { scopes: ['author'] })];
  logins.token = `token:${whole}`;
  logins.limited = `token:${limited}`;
  for (const [who, login] of Object.entries(logins)) readers[who] = await readEvents(server, { login });
});
afterAll(async () => {
  for (const { leave } of Object.values(readers)) leave();
  await server.stop();
});

const noMessage = { input_adapter: { input_type: 'none' } };
const ownName = (who: string) => logins[who].split(':')[0];
const send = (who: string, method: string, path: string, body?: unknown) => server.send({ method, path, login: logins[who], body });

/** Everybody sees the lanes: what has come before this has come. */
let limit = 0;
async function heardUntilNow(): Promise<Record<string, string[]>> {
  const before = Object.fromEntries(Object.entries(readers).map(([who, { heard }]) => [who, heard().length]));
  await send('admin', 'PATCH', '/api/lane/io/', { limit: ++limit });
  const has = ({ json }: { json: { data: { limit?: number } } }) => json.data.limit === limit;
  await expect.poll(() => Object.values(readers).every(({ heard }) => heard().some(has))).toBe(true);
  return Object.fromEntries(Object.entries(readers).map(([who, { heard }]) => [who, heard().slice(0, before[who]).map(shortOf)]));
}

/** What each hears while `act` is done; those who hear nothing are left out. */
async function hearing(act: () => Promise<unknown>): Promise<Record<string, string[]>> {
  await heardUntilNow();
  const counts = Object.fromEntries(Object.entries(readers).map(([who, { heard }]) => [who, heard().length]));
  await act();
  await heardUntilNow();
  const heard = Object.entries(readers).map(([who, reader]) => [who, reader.heard().slice(counts[who]).map(shortOf).slice(0, -1)] as const);
  return Object.fromEntries(heard.filter(([, types]) => types.length > 0));
}

const everyone = (types: string[]) => Object.fromEntries(Object.keys(readers).map((who) => [who, types]));
const ofAuthor = (types: string[]) => ({ admin: types, author: types, token: types, limited: types });

let path: string;
const program = (visibility: string) => ({ definition: shell('true', { visibility, ...noMessage }) });

test.each<[string, () => Promise<unknown>, () => Record<string, string[]>]>([
  [
    'a private definition is heard of by its owner and the admin',
    async () => {
      path = await defined(server, program('private').definition, logins.author);
    },
    () => ofAuthor(['definition.created']),
  ],
  ['a shared one by everyone', () => send('author', 'PUT', path, program('shared')), () => everyone(['definition.changed'])],
  [
    'a run by its owner, the owner of the definition, and the admin',
    () => send('runner', 'POST', `${path}execute/`),
    () => ({ ...ofAuthor(['run.created', 'run.started', 'run.finished']), runner: ['run.created', 'run.started', 'run.finished'] }),
  ],
  [
    'a definition that is not shared any more is removed for all others',
    () => send('author', 'PUT', path, program('private')),
    () => ({ ...everyone(['definition.removed']), ...ofAuthor(['definition.changed']) }),
  ],
  ['its removal is heard of by its owner and the admin', () => send('author', 'DELETE', path), () => ofAuthor(['definition.removed'])],
  [
    'a binding by its owner and the admin',
    async () => {
      const definition = await defined(server, shell('cat'), logins.other);
      await send('other', 'POST', '/api/binding/', { definition, input: { bus: 'memory', stream: 'in' } });
    },
    () => ({ admin: ['definition.created', 'binding.created'], other: ['definition.created', 'binding.created'] }),
  ],
  [
    'a token by its user and admins, and not with a limited token',
    () => tokenOf(logins.author, {}),
    () => ({ admin: ['token.created'], author: ['token.created'], token: ['token.created'] }),
  ],
  [
    'a user by itself and the admin',
    async () => send('admin', 'PATCH', await uriOf(server, ownName('viewer')), { role: 'runner' }),
    () => ({ admin: ['user.changed'], viewer: ['user.changed'] }),
  ],
])('%s', async (_what, act, expected) => {
  expect(await hearing(act)).toEqual(expected());
});

test('only who may read the log of a run follows it', async () => {
  const shared = await defined(server, shell('echo hidden', { visibility: 'shared', ...noMessage }), logins.author);
  const run = (await send('runner', 'POST', `${shared}execute/`)).headers['run-id'] as string;
  const asked = (who: string, query: string) => readEvents(server, { login: logins[who], query });
  await expect(asked('author', `-run=${run}`)).rejects.toThrow(/^403 /);
  await expect(asked('other', `-run=${run}`)).rejects.toThrow(/^404 /);
  await expect(readEvents(server, { login: 'nobody:pw' })).rejects.toThrow(/^401 /);
  const own = await asked('runner', `-run=${run}`);
  expect((await own.hears('run.stdout')).json.data).toBe('hidden\n');
  own.leave();
});

test.each([
  ['the stream', readEvents],
  ['the WebSocket', readFrames],
])('%s ends when its user is disabled, and says nothing of it', async (_what, read) => {
  const name = await newUser(server, 'runner');
  const reader = await read(server, { login: `${name}:pw` });
  await reader.hears('events.opened');
  await send('admin', 'PATCH', await uriOf(server, name), { disabled: true });
  await expect(Promise.race([reader.over.then(() => 'over'), sleep(5000)])).resolves.toBe('over');
  expect(reader.types()).toEqual([]);
});

test('pages of other origins open no WebSocket with the password of a browser', async () => {
  await expect(readFrames(server, { headers: { origin: 'http://elsewhere.example' } })).rejects.toThrow(/^403 /);
});
