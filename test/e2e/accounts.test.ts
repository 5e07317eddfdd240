// Who is let in, and with what: users, tokens, passwords.
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

let server: TestServer;
let made = 0;
beforeAll(async () => {
  server = await startServer();
  await server.user('gone:pw', 'author', true);
});
afterAll(async () => {
  await server.stop();
});

/** A new user's name; the password is `pw`. */
async function newUser(role: string): Promise<string> {
  const name = `${role}${++made}`;
  await server.user(`${name}:pw`, role);
  return name;
}

async function uriOf(name: string): Promise<string> {
  const { json } = await server.send({ path: '/api/user/' });
  return json.objects.find(({ username }: { username: string }) => username === name).resource_uri;
}

async function newToken(login: string, more: object = {}): Promise<{ id: number; token: string }> {
  const { status, json } = await server.send({ method: 'POST', path: '/api/token/', login, body: { name: 't', ...more } });
  expect(status).toBe(201);
  return json;
}

const withAuthorization = (authorization: string, path = '/api/me/') => server.send({ path, headers: { authorization } });
const withPassword = async (login: string) => (await server.send({ path: '/api/me/', login })).status;
const bearer = async (token: string, path?: string) => (await withAuthorization(`Bearer ${token}`, path)).status;

async function tenWrong(name: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) expect(await withPassword(`${name}:wrong${attempt}`)).toBe(401);
}

async function durationMs(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}

function expectUnauthenticated(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Basic realm="process-registry"');
}

test.each([
  ['a wrong password', basic('admin:wrong')],
  ['an empty password', basic('admin:')],
  ['a password beyond 1024 bytes', basic(`admin:${'x'.repeat(1025)}`)],
  ['a disabled user', basic('gone:pw')],
  ['an unknown user', basic('nobody:secret')],
  ['Basic without a colon', basic('admin')],
  ['an unknown scheme', 'Digest username="admin"'],
  ['an unknown token', 'Bearer pr_nothing'],
  ['an API key without a user', 'ApiKey pr_nothing'],
])('%s is refused with 401 and the challenge', async (_what, authorization) => {
  expectUnauthenticated(await withAuthorization(authorization));
  expectUnauthenticated(await withAuthorization(authorization, list));
});

test('no credentials are refused with 401, before the body is read or judged; only 405 comes earlier', async () => {
  expectUnauthenticated(await server.send({ path: list, login: '' }));
  expectUnauthenticated(await server.send({ path: `${list}?limit=x`, login: '' }));
  expectUnauthenticated(await server.send({ method: 'POST', path: list, login: '', body: '{', headers: { 'content-type': 'text/x' } }));
  const headers = { 'content-type': 'application/json', 'content-length': '100' };
  const unfinished = request(new URL(server.url), { method: 'POST', path: list, headers });
  unfinished.flushHeaders();
  expect(((await once(unfinished, 'response')) as [IncomingMessage])[0].statusCode).toBe(401);
  unfinished.destroy();
  expect((await server.send({ method: 'PUT', path: '/api/me/', login: '' })).status).toBe(405);
});

test('an unknown user and a wrong password get the same answer, and an unknown user is no faster', async () => {
  const name = await newUser('viewer');
  const [wrong, unknown] = [await server.send({ path: list, login: `${name}:a` }), await server.send({ path: list, login: 'nobody:a' })];
  expect(unknown.text).toBe(wrong.text);
  expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers));
  const wrongMs = [await durationMs(() => withPassword(`${name}:b`)), await durationMs(() => withPassword(`${name}:c`))];
  const unknownMs = [await durationMs(() => withPassword('nobody1:b')), await durationMs(() => withPassword('nobody2:c'))];
  expect(Math.min(...unknownMs)).toBeGreaterThan(Math.min(...wrongMs) / 3);
});

test('after ten wrong passwords the next is 429 with Retry-After, also a right one, unless it is remembered', async () => {
  const [name, other, third] = [await newUser('viewer'), await newUser('viewer'), await newUser('viewer')];
  expect(await withPassword(`${name}:pw`)).toBe(200);
  await tenWrong(name);
  const { status, headers } = await server.send({ path: '/api/me/', login: `${name}:wrong` });
  expect(status).toBe(429);
  expect(headers['retry-after']).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect([await withPassword(`${name}:pw`), await withPassword(`${other}:pw`)]).toEqual([200, 200]);
  await tenWrong(third);
  expect(await withPassword(`${third}:pw`)).toBe(429);
});

test('of thirty wrong passwords at the same time at most ten are looked at; thirty right ones all pass', async () => {
  const name = await newUser('viewer');
  const thirty = (password: (index: number) => string) =>
    Promise.all(Array.from({ length: 30 }, (_none, index) => withPassword(`${name}:${password(index)}`)));
  expect(new Set(await thirty(() => 'pw'))).toEqual(new Set([200]));
  const wrong = await thirty((index) => `wrong${index}`);
  expect(wrong.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  expect(wrong.filter((status) => status !== 401).every((status) => status === 429)).toBe(true);
});

test('missing and malformed credentials do not count as wrong passwords', async () => {
  const name = await newUser('viewer');
  for (let attempt = 0; attempt < 12; attempt++) {
    expectUnauthenticated(await withAuthorization(basic(name)));
    expectUnauthenticated(await withAuthorization(basic(`${name}:`)));
    expectUnauthenticated(await server.send({ path: '/api/me/', login: '' }));
  }
  expect(await withPassword(`${name}:pw`)).toBe(200);
});

test('a token works as Bearer, X-Access-Token and ApiKey user:token, and is shown once', async () => {
  const name = await newUser('author');
  const { id, token } = await newToken(`${name}:pw`);
  expect((await withAuthorization(`Bearer ${token}`)).json.username).toBe(name);
  expect((await withAuthorization(`ApiKey ${name}:${token}`)).json.username).toBe(name);
  expect((await server.send({ path: '/api/me/', login: '', headers: { 'x-access-token': token } })).json.username).toBe(name);
  expectUnauthenticated(await withAuthorization(`ApiKey admin:${token}`));
  const listed = await server.send({ path: '/api/token/', login: `${name}:pw` });
  expect(listed.json.objects).toMatchObject([{ id, name: 't' }]);
  expect(listed.text).not.toContain(token);
});

test('a token is never taken from the query string', async () => {
  const { token } = await newToken('admin:secret');
  const names = ['access_token', 'token', 'api_key', 'x-access-token', 'authorization'];
  expectUnauthenticated(
    await server.send({ path: `/api/me/?username=admin&${names.map((name) => `${name}=${token}`).join('&')}`, login: '' }),
  );
});

test("a token's scopes lower the role and never raise it", async () => {
  const viewing = await newToken('admin:secret', { scopes: ['viewer'] });
  expect([await bearer(viewing.token, list), await bearer(viewing.token, '/api/user/')]).toEqual([200, 403]);
  const raised = await newToken(`${await newUser('viewer')}:pw`, { scopes: ['admin'] });
  expect([await bearer(raised.token, list), await bearer(raised.token, '/api/user/')]).toEqual([200, 403]);
});

test('a token with a lower scope makes no token that may do more', async () => {
  const headers = { authorization: `Bearer ${(await newToken('admin:secret', { scopes: ['viewer'] })).token}` };
  const more = await server.send({ method: 'POST', path: '/api/token/', headers, body: { name: 'more', scopes: ['admin'] } });
  expect(more.status === 201 ? await bearer(more.json.token, '/api/user/') : more.status).toBe(403);
});

test('a token with a lower scope sets no password', async () => {
  const headers = { authorization: `Bearer ${(await newToken(`${await newUser('admin')}:pw`, { scopes: ['viewer'] })).token}` };
  expect((await server.send({ method: 'PATCH', path: '/api/me/', headers, body: { password: 'taken' } })).status).toBe(403);
});

test('a token ends at its time, when it is removed by its user, and when its user is disabled', async () => {
  const name = await newUser('author');
  const soon = await newToken(`${name}:pw`, { expires_at: new Date(Date.now() + 1500).toISOString() });
  const [removed, kept] = [await newToken(`${name}:pw`), await newToken(`${name}:pw`)];
  expect([await bearer(soon.token), await bearer(removed.token), await bearer(kept.token)]).toEqual([200, 200, 200]);
  const removal = { method: 'DELETE', path: `/api/token/${removed.id}/` };
  expect([(await server.send(removal)).status, (await server.send({ ...removal, login: `${name}:pw` })).status]).toEqual([404, 204]);
  expect([await bearer(removed.token), await bearer(kept.token)]).toEqual([401, 200]);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  expect(await bearer(soon.token)).toBe(401);
  await server.send({ method: 'PATCH', path: await uriOf(name), body: { disabled: true } });
  expect([await bearer(kept.token), await withPassword(`${name}:pw`)]).toEqual([401, 401]);
});

test.each(['tomorrow', '2020-W01-1', ''])('an expiry of %j is 400, never a token without an end', async (expires_at) => {
  expect((await server.send({ method: 'POST', path: '/api/token/', body: { name: 't', expires_at } })).status).toBe(400);
});

test('a change of the password forgets the old one at once', async () => {
  const name = await newUser('viewer');
  expect(await withPassword(`${name}:pw`)).toBe(200);
  await server.send({ method: 'PATCH', path: '/api/me/', login: `${name}:pw`, body: { password: 'new' } });
  expect([await withPassword(`${name}:pw`), await withPassword(`${name}:new`)]).toEqual([401, 200]);
});

test('a change of the password forgets the old one also where it was being checked at that moment', async () => {
  const name = await newUser('viewer');
  const change = server.send({ method: 'PATCH', path: await uriOf(name), body: { password: 'new' } });
  await Promise.all([change, ...Array.from({ length: 20 }, () => withPassword(`${name}:pw`))]);
  expect([(await change).status, await withPassword(`${name}:pw`)]).toEqual([200, 401]);
});

test('without ADMIN_PASSWORD one is generated once, printed, and kept in a file that only its owner reads', async () => {
  const first = await startServer({ ADMIN_PASSWORD: '' });
  const file = join(first.dataDir, 'admin-password');
  const password = readFileSync(file, 'utf8').trim();
  expect([statSync(file).mode & 0o777, password.length >= 16, first.said().includes(password)]).toEqual([0o600, true, true]);
  await first.stop({ keep: true });
  rmSync(file);
  const second = await startServer({ ADMIN_PASSWORD: '' }, { dataDir: first.dataDir });
  expect((await second.send({ path: '/api/me/', login: `admin:${password}` })).json.role).toBe('admin');
  expect(() => statSync(file)).toThrow('ENOENT');
  await second.stop();
});

test('users are made, read, changed and removed by an admin', async () => {
  const body = { username: 'ann', password: 'ä'.repeat(512), role: 'viewer' };
  const { status, headers, json } = await server.send({ method: 'POST', path: '/api/user/', body });
  const path = json.resource_uri;
  expect([status, headers.location]).toEqual([201, path]);
  expect(json).toEqual({
    id: expect.any(Number),
    created_at: expect.any(String),
    resource_uri: path,
    username: 'ann',
    role: 'viewer',
    disabled: false,
  });
  expect([(await server.send({ path })).json, (await server.send({ method: 'POST', path: '/api/user/', body })).status]).toEqual([
    json,
    409,
  ]);
  expect((await server.send({ path: '/api/user/' })).json.objects).toContainEqual(json);
  expect(await withPassword(`ann:${body.password}`)).toBe(200);
  const changed = await server.send({ method: 'PATCH', path, body: { role: 'author', password: 'second' } });
  expect(changed.json).toEqual({ ...json, role: 'author' });
  expect([await withPassword(`ann:${body.password}`), await withPassword('ann:second')]).toEqual([401, 200]);
  expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
  expect([await withPassword('ann:second'), (await server.send({ path })).status]).toEqual([401, 404]);
});

const nulls = [{ role: null }, { password: null }, { username: null }, { disabled: null }];
const bad = [{ role: 'root' }, { password: '' }, { password: 'x'.repeat(1025) }, { username: 'a:b' }, { disabled: 'no' }, { admin: true }];
test.each([...nulls, ...bad])('a change of a user to %j is 400', async (body) => {
  expect((await server.send({ method: 'PATCH', path: await uriOf('gone'), body })).status).toBe(400);
});

test('the last admin cannot be removed, lowered or disabled', async () => {
  const alone = await startServer();
  const [{ resource_uri: path }] = (await alone.send({ path: '/api/user/' })).json.objects;
  const changes = [{ role: 'author' }, { disabled: true }].map((body) => ({ method: 'PATCH', path, body }));
  for (const sent of [{ method: 'DELETE', path }, ...changes]) expect((await alone.send(sent)).status).toBe(400);
  expect((await alone.send({ path })).json).toMatchObject({ role: 'admin', disabled: false });
  await alone.stop();
});
