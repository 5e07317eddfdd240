// Who is let in, with what, and what each role may do; users, tokens, passwords.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const challenge = 'Basic realm="process-registry"';
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

let server: TestServer;
let made = 0;
beforeAll(async () => {
  server = await startServer();
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

async function idOf(name: string): Promise<number> {
  const { json } = await server.send({ path: '/api/user/' });
  return json.objects.find(({ username }: { username: string }) => username === name).id;
}

async function newToken(login: string, more: object = {}): Promise<{ id: number; token: string }> {
  const { status, json } = await server.send({ method: 'POST', path: '/api/token/', login, body: { name: 't', ...more } });
  expect(status).toBe(201);
  return json;
}

const withAuthorization = (authorization: string, path = '/api/me/') => server.send({ path, headers: { authorization } });
const withPassword = async (login: string) => (await server.send({ path: '/api/me/', login })).status;
const bearer = async (token: string, path?: string) => (await withAuthorization(`Bearer ${token}`, path)).status;

function expectUnauthenticated(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe(challenge);
}

describe('wrong credentials', () => {
  test('a disabled user is refused with 401', async () => {
    await server.user('gone:pw', 'author', true);
    expectUnauthenticated(await server.send({ path: list, login: 'gone:pw' }));
  });

  test.each([
    ['a wrong password', basic('admin:wrong')],
    ['an empty password', basic('admin:')],
    ['an unknown user', basic('nobody:secret')],
    ['an empty name', basic(':secret')],
    ['Basic without a value', 'Basic'],
    ['Basic that is not base64', 'Basic ????'],
    ['Basic without a colon', `Basic ${Buffer.from('admin').toString('base64')}`],
    ['a password beyond 1024 bytes', basic(`admin:${'x'.repeat(1025)}`)],
    ['an unknown scheme', 'Digest username="admin"'],
    ['an unknown token', 'Bearer pr_nothing'],
    ['an API key without a user', 'ApiKey pr_nothing'],
  ])('%s is refused with 401 and the challenge', async (_what, authorization) => {
    expectUnauthenticated(await withAuthorization(authorization));
    expectUnauthenticated(await withAuthorization(authorization, list));
  });

  test('no credentials are refused with 401 and the challenge', async () => {
    expectUnauthenticated(await server.send({ path: list, login: '' }));
  });

  test('an unknown user and a wrong password get the same answer, and an unknown user is no faster', async () => {
    const name = await newUser('viewer');
    const timed = async (login: string) => {
      const startedMs = performance.now();
      const answer = await server.send({ path: list, login });
      return { answer, ms: performance.now() - startedMs };
    };
    const wrong = [await timed(`${name}:a`), await timed(`${name}:b`), await timed(`${name}:c`)];
    const unknown = [await timed('nobody1:a'), await timed('nobody2:b'), await timed('nobody3:c')];
    expect(unknown[0].answer.text).toBe(wrong[0].answer.text);
    expect(Object.keys(unknown[0].answer.headers)).toEqual(Object.keys(wrong[0].answer.headers));
    const fastest = (tries: { ms: number }[]) => Math.min(...tries.map(({ ms }) => ms));
    expect(fastest(unknown)).toBeGreaterThan(fastest(wrong) / 3);
  });
});

describe('too many wrong passwords', () => {
  test('after ten the eleventh is 429 with Retry-After, but a remembered right password still passes', async () => {
    const name = await newUser('viewer');
    expect(await withPassword(`${name}:pw`)).toBe(200);
    for (let attempt = 0; attempt < 10; attempt++) expect(await withPassword(`${name}:wrong${attempt}`)).toBe(401);
    const { status, headers } = await server.send({ path: '/api/me/', login: `${name}:wrong` });
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await withPassword(`${name}:pw`)).toBe(200);
    expect(await withPassword(`${await newUser('viewer')}:pw`)).toBe(200);
  });

  test('a right password that is not remembered waits, too', async () => {
    const name = await newUser('viewer');
    for (let attempt = 0; attempt < 10; attempt++) await withPassword(`${name}:wrong${attempt}`);
    expect(await withPassword(`${name}:pw`)).toBe(429);
  });

  test('thirty at the same time are no way around: at most ten of them are looked at', async () => {
    const name = await newUser('viewer');
    const statuses = await Promise.all(Array.from({ length: 30 }, (_, attempt) => withPassword(`${name}:wrong${attempt}`)));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  });

  test('missing and malformed credentials do not count', async () => {
    const name = await newUser('viewer');
    for (let attempt = 0; attempt < 12; attempt++) {
      expect((await withAuthorization(`Basic ${Buffer.from(name).toString('base64')}`)).status).toBe(401);
      expect(await withPassword('')).toBe(401);
    }
    expect(await withPassword(`${name}:pw`)).toBe(200);
  });
});

describe('access tokens', () => {
  test('work as Bearer, X-Access-Token and ApiKey user:token, and are shown once', async () => {
    const name = await newUser('author');
    const { id, token } = await newToken(`${name}:pw`);
    expect((await withAuthorization(`Bearer ${token}`)).json.username).toBe(name);
    expect((await withAuthorization(`ApiKey ${name}:${token}`)).json.username).toBe(name);
    const sent = await server.send({ path: '/api/me/', login: '', headers: { 'x-access-token': token } });
    expect(sent.json.username).toBe(name);
    expectUnauthenticated(await withAuthorization(`ApiKey admin:${token}`));
    const listed = await server.send({ path: '/api/token/', login: `${name}:pw` });
    expect(listed.json.objects).toMatchObject([{ id, name: 't' }]);
    expect(listed.text).not.toContain(token);
  });

  test('are never taken from the query string', async () => {
    const { token } = await newToken('admin:secret');
    const names = ['access_token', 'token', 'api_key', 'X-Access-Token', 'bearer', 'authorization'];
    const query = names.map((name) => `${name}=${encodeURIComponent(token)}`).join('&');
    expectUnauthenticated(await server.send({ path: `/api/me/?username=admin&${query}`, login: '' }));
  });

  test('scopes lower the role and never raise it', async () => {
    const viewing = await newToken('admin:secret', { scopes: ['viewer'] });
    expect(await bearer(viewing.token, list)).toBe(200);
    expect(await bearer(viewing.token, '/api/user/')).toBe(403);
    const raised = await newToken(`${await newUser('viewer')}:pw`, { scopes: ['admin'] });
    expect(await bearer(raised.token, '/api/user/')).toBe(403);
  });

  test('one with a lower scope makes no token that may do more, and sets no password', async () => {
    const name = await newUser('admin');
    const { token } = await newToken(`${name}:pw`, { scopes: ['viewer'] });
    const headers = { authorization: `Bearer ${token}` };
    const more = await server.send({ method: 'POST', path: '/api/token/', headers, body: { name: 'more', scopes: ['admin'] } });
    expect(more.status === 201 ? await bearer(more.json.token, '/api/user/') : more.status).toBe(403);
    const password = await server.send({ method: 'PATCH', path: '/api/me/', headers, body: { password: 'taken' } });
    expect(password.status).toBe(403);
  });

  test('end at their time, when they are removed, and when their user is disabled', async () => {
    const name = await newUser('author');
    const soon = await newToken(`${name}:pw`, { expires_at: new Date(Date.now() + 1500).toISOString() });
    const [removed, kept] = [await newToken(`${name}:pw`), await newToken(`${name}:pw`)];
    expect([await bearer(soon.token), await bearer(removed.token), await bearer(kept.token)]).toEqual([200, 200, 200]);
    const path = `/api/token/${removed.id}/`;
    expect((await server.send({ method: 'DELETE', path })).status).toBe(404);
    expect((await server.send({ method: 'DELETE', path, login: `${name}:pw` })).status).toBe(204);
    expect([await bearer(removed.token), await bearer(kept.token)]).toEqual([401, 200]);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect(await bearer(soon.token)).toBe(401);
    await server.send({ method: 'PATCH', path: `/api/user/${await idOf(name)}/`, body: { disabled: true } });
    expect([await bearer(kept.token), await withPassword(`${name}:pw`)]).toEqual([401, 401]);
  });

  test.each(['tomorrow', '2020-W01-1', '', null])('an expiry of %j is 400, never a token without an end', async (expires_at) => {
    const answer = await server.send({ method: 'POST', path: '/api/token/', body: { name: 't', expires_at } });
    expect(answer.status).toBe(400);
  });
});

describe('passwords', () => {
  test('a change forgets the old one at once', async () => {
    const name = await newUser('viewer');
    expect(await withPassword(`${name}:pw`)).toBe(200);
    const body = { password: 'new' };
    expect((await server.send({ method: 'PATCH', path: '/api/me/', login: `${name}:pw`, body })).status).toBe(200);
    expect([await withPassword(`${name}:pw`), await withPassword(`${name}:new`)]).toEqual([401, 200]);
  });

  test('a change forgets the old one also where it was being checked at that moment', async () => {
    const name = await newUser('viewer');
    const path = `/api/user/${await idOf(name)}/`;
    const change = server.send({ method: 'PATCH', path, body: { password: 'new' } });
    await Promise.all([change, ...Array.from({ length: 20 }, () => withPassword(`${name}:pw`))]);
    expect((await change).status).toBe(200);
    expect(await withPassword(`${name}:pw`)).toBe(401);
  });

  test('have 1 to 1024 bytes', async () => {
    const create = (username: string, password: string) =>
      server.send({ method: 'POST', path: '/api/user/', body: { username, password, role: 'viewer' } });
    expect((await create('long', 'ä'.repeat(512))).status).toBe(201);
    expect(await withPassword(`long:${'ä'.repeat(512)}`)).toBe(200);
    expect((await create('longer', `${'ä'.repeat(512)}x`)).status).toBe(400);
    expect((await create('empty', '')).status).toBe(400);
  });

  test('without ADMIN_PASSWORD one is generated once, printed, and kept in a file that only its owner reads', async () => {
    const first = await startServer({ ADMIN_PASSWORD: '' });
    const file = join(first.dataDir, 'admin-password');
    const password = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(password.length).toBeGreaterThanOrEqual(16);
    expect(first.said()).toContain(password);
    expect((await first.send({ path: '/api/me/', login: `admin:${password}` })).json.role).toBe('admin');
    await first.stop({ keep: true });
    rmSync(file);
    const second = await startServer({ ADMIN_PASSWORD: '' }, { dataDir: first.dataDir });
    expect((await second.send({ path: '/api/me/', login: `admin:${password}` })).status).toBe(200);
    expect(() => statSync(file)).toThrow('ENOENT');
    await second.stop();
  });
});
