// Logins with a password: refusals, wrong passwords, and changes of a password.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnauthenticated, newUser, uriOf, withAuthorization, withPassword } from '../support/accounts.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.user('gone:pw', 'author', true);
});
afterAll(async () => {
  await server.stop();
});

async function tenWrong(name: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) expect(await withPassword(server, `${name}:wrong${attempt}`)).toBe(401);
}

async function durationMs(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
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
  expectUnauthenticated(await withAuthorization(server, authorization));
  expectUnauthenticated(await withAuthorization(server, authorization, list));
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
  const name = await newUser(server, 'viewer');
  const [wrong, unknown] = [await server.send({ path: list, login: `${name}:a` }), await server.send({ path: list, login: 'nobody:a' })];
  expect(unknown.text).toBe(wrong.text);
  expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers));
  const wrongMs = [await durationMs(() => withPassword(server, `${name}:b`)), await durationMs(() => withPassword(server, `${name}:c`))];
  const unknownMs = [await durationMs(() => withPassword(server, 'nobody1:b')), await durationMs(() => withPassword(server, 'nobody2:c'))];
  expect(Math.min(...unknownMs)).toBeGreaterThan(Math.min(...wrongMs) / 3);
});

test('after ten wrong passwords the next is 429 with Retry-After, also a right one, unless it is remembered', async () => {
  const [name, other, third] = [await newUser(server, 'viewer'), await newUser(server, 'viewer'), await newUser(server, 'viewer')];
  expect(await withPassword(server, `${name}:pw`)).toBe(200);
  await tenWrong(name);
  const { status, headers } = await server.send({ path: '/api/me/', login: `${name}:wrong` });
  expect(status).toBe(429);
  expect(headers['retry-after']).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect([await withPassword(server, `${name}:pw`), await withPassword(server, `${other}:pw`)]).toEqual([200, 200]);
  await tenWrong(third);
  expect(await withPassword(server, `${third}:pw`)).toBe(429);
});

test('of thirty wrong passwords at the same time at most ten are checked; thirty right ones are all accepted', async () => {
  const name = await newUser(server, 'viewer');
  const thirty = (password: (index: number) => string) =>
    Promise.all(Array.from({ length: 30 }, (_none, index) => withPassword(server, `${name}:${password(index)}`)));
  expect(new Set(await thirty(() => 'pw'))).toEqual(new Set([200]));
  const wrong = await thirty((index) => `wrong${index}`);
  expect(wrong.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  expect(wrong.filter((status) => status !== 401).every((status) => status === 429)).toBe(true);
});

test('missing and malformed credentials do not count as wrong passwords', async () => {
  const name = await newUser(server, 'viewer');
  for (let attempt = 0; attempt < 12; attempt++) {
    expectUnauthenticated(await withAuthorization(server, basic(name)));
    expectUnauthenticated(await withAuthorization(server, basic(`${name}:`)));
    expectUnauthenticated(await server.send({ path: '/api/me/', login: '' }));
  }
  expect(await withPassword(server, `${name}:pw`)).toBe(200);
});

test('a change of the password forgets the old one at once', async () => {
  const name = await newUser(server, 'viewer');
  expect(await withPassword(server, `${name}:pw`)).toBe(200);
  await server.send({ method: 'PATCH', path: '/api/me/', login: `${name}:pw`, body: { password: 'new' } });
  expect([await withPassword(server, `${name}:pw`), await withPassword(server, `${name}:new`)]).toEqual([401, 200]);
});

test('a change of the password forgets the old one also where it was being checked at that moment', async () => {
  const name = await newUser(server, 'viewer');
  const change = server.send({ method: 'PATCH', path: await uriOf(server, name), body: { password: 'new' } });
  await Promise.all([change, ...Array.from({ length: 20 }, () => withPassword(server, `${name}:pw`))]);
  expect([(await change).status, await withPassword(server, `${name}:pw`)]).toEqual([200, 401]);
});
