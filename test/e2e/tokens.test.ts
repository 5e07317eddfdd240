// Tokens: how they are sent, what their scopes allow, and when they end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnauthenticated, newUser, uriOf, withAuthorization, withPassword } from '../support/accounts.js';
import type { Sent } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

async function newToken(login: string, more: object = {}): Promise<{ id: number; token: string }> {
  const { status, json } = await server.send({ method: 'POST', path: '/api/token/', login, body: { name: 't', ...more } });
  expect(status).toBe(201);
  return json;
}

const bearer = async (token: string, path?: string) => (await withAuthorization(server, `Bearer ${token}`, path)).status;

test('a token works as Bearer, X-Access-Token and ApiKey user:token, and is shown once', async () => {
  const name = await newUser(server, 'author');
  const { id, token } = await newToken(`${name}:pw`);
  expect((await withAuthorization(server, `Bearer ${token}`)).json.username).toBe(name);
  expect((await withAuthorization(server, `ApiKey ${name}:${token}`)).json.username).toBe(name);
  expect((await server.send({ path: '/api/me/', login: '', headers: { 'x-access-token': token } })).json.username).toBe(name);
  expectUnauthenticated(await withAuthorization(server, `ApiKey admin:${token}`));
  const listed = await server.send({ path: '/api/token/', login: `${name}:pw` });
  expect(listed.json.objects).toMatchObject([{ id, name: 't' }]);
  expect(listed.text).not.toContain(token);
});

test('a token is the password of HTTP Basic, under the name of its owner or `token`', async () => {
  const name = await newUser(server, 'author');
  const { id, token } = await newToken(`${name}:pw`);
  for (const username of [name, 'token']) {
    expect((await server.send({ path: '/api/me/', login: `${username}:${token}` })).json.username).toBe(name);
  }
  for (const username of ['admin', 'nobody', name.toUpperCase(), `${name} `, 'Token'])
    expectUnauthenticated(await server.send({ path: '/api/me/', login: `${username}:${token}` }));
  for (const wrong of [token.slice(0, -1), `${token}x`, token.toLowerCase(), ` ${token}`])
    expectUnauthenticated(await server.send({ path: '/api/me/', login: `token:${wrong}` }));
  expect((await server.send({ method: 'DELETE', path: `/api/token/${id}/`, login: `${name}:${token}` })).status).toBe(204);
  for (const username of [name, 'token']) expect(await withPassword(server, `${username}:${token}`)).toBe(401);
});

test('a token as the password has its scopes and its end, and neither manages tokens nor sets the password', async () => {
  const name = await newUser(server, 'admin');
  const { token } = await newToken(`${name}:pw`, { scopes: ['viewer'], expires_at: new Date(Date.now() + 8000).toISOString() });
  const status = async (sent: Sent) => (await server.send({ login: `token:${token}`, ...sent })).status;
  expect([await status({ path: list }), await status({ path: '/api/user/' }), await status({ path: '/api/token/' })]).toEqual([
    200, 403, 403,
  ]);
  expect(await status({ method: 'PATCH', path: '/api/me/', body: { password: 'taken over' } })).toBe(403);
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect(await status({ path: list })).toBe(401);
});

test('a token as the password ends when its user is disabled', async () => {
  const name = await newUser(server, 'author');
  const { token } = await newToken(`${name}:pw`);
  expect(await withPassword(server, `token:${token}`)).toBe(200);
  await server.send({ method: 'PATCH', path: `/api/user/${name}/`, body: { disabled: true } });
  expect(await withPassword(server, `token:${token}`)).toBe(401);
});

test('wrong tokens count as wrong passwords of the name that they came with, and a right token is let in all the same', async () => {
  const name = await newUser(server, 'author');
  const { token } = await newToken(`${name}:pw`);
  for (let attempt = 0; attempt < 10; attempt++) expect(await withPassword(server, `${name}:pr_${String(attempt).repeat(40)}`)).toBe(401);
  expect([await withPassword(server, `${name}:pr_${'x'.repeat(40)}`), await withPassword(server, `${name}:other`)]).toEqual([429, 429]);
  expect(await withPassword(server, `${name}:${token}`)).toBe(200);
});

test('a right token as the password does not wait for checks of passwords, not even where so many wait that more are refused', async () => {
  const { token } = await newToken('admin:secret');
  const flood = Array.from({ length: 80 }, (_none, index) => withPassword(server, `flooding${index}:wrong`));
  const right = Array.from({ length: 20 }, () => withPassword(server, `token:${token}`));
  expect(new Set(await Promise.all(right))).toEqual(new Set([200]));
  expect(new Set(await Promise.all(flood))).toEqual(new Set([401, 429]));
}, 180_000);

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
  const raised = await newToken(`${await newUser(server, 'viewer')}:pw`, { scopes: ['admin'] });
  expect([await bearer(raised.token, list), await bearer(raised.token, '/api/user/')]).toEqual([200, 403]);
});

test('a token with a lower scope cannot create a token that may do more', async () => {
  const headers = { authorization: `Bearer ${(await newToken('admin:secret', { scopes: ['viewer'] })).token}` };
  const more = await server.send({ method: 'POST', path: '/api/token/', headers, body: { name: 'more', scopes: ['admin'] } });
  expect(more.status === 201 ? await bearer(more.json.token, '/api/user/') : more.status).toBe(403);
});

test('a token with a lower scope cannot set a password', async () => {
  const headers = { authorization: `Bearer ${(await newToken(`${await newUser(server, 'admin')}:pw`, { scopes: ['viewer'] })).token}` };
  expect((await server.send({ method: 'PATCH', path: '/api/me/', headers, body: { password: 'taken' } })).status).toBe(403);
});

test('a token of an admin with scopes or an end changes no user', async () => {
  const other = await newUser(server, 'viewer');
  for (const limits of [{ scopes: ['admin'] }, { expires_at: '2999-01-01T00:00:00Z' }]) {
    const headers = { authorization: `Bearer ${(await newToken('admin:secret', limits)).token}` };
    const refused: Sent[] = [
      { method: 'POST', path: '/api/user/', body: { username: 'new', password: 'pw', role: 'admin' } },
      { method: 'PATCH', path: '/api/user/admin/', body: { password: 'taken' } },
      { method: 'PATCH', path: `/api/user/${other}/`, body: { role: 'admin' } },
      { method: 'DELETE', path: `/api/user/${other}/` },
    ];
    for (const sent of refused) expect([sent, (await server.send({ ...sent, headers })).json?.code]).toEqual([sent, 'forbidden']);
    expect((await server.send({ path: `/api/user/${other}/`, headers })).json.role).toBe('viewer');
  }
});

test('a token ends at its time, when it is removed by its user, and when its user is disabled', async () => {
  const name = await newUser(server, 'author');
  const soon = await newToken(`${name}:pw`, { expires_at: new Date(Date.now() + 8000).toISOString() });
  const [removed, kept] = [await newToken(`${name}:pw`), await newToken(`${name}:pw`)];
  expect([await bearer(soon.token), await bearer(removed.token), await bearer(kept.token)]).toEqual([200, 200, 200]);
  const removal = { method: 'DELETE', path: `/api/token/${removed.id}/` };
  expect([(await server.send(removal)).status, (await server.send({ ...removal, login: `${name}:pw` })).status]).toEqual([404, 204]);
  expect([await bearer(removed.token), await bearer(kept.token)]).toEqual([401, 200]);
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect(await bearer(soon.token)).toBe(401);
  await server.send({ method: 'PATCH', path: await uriOf(server, name), body: { disabled: true } });
  expect([await bearer(kept.token), await withPassword(server, `${name}:pw`)]).toEqual([401, 401]);
});

test.each(['tomorrow', '2020-W01-1', ''])('an expiry of %j is 400, never a token without an end', async (expires_at) => {
  expect((await server.send({ method: 'POST', path: '/api/token/', body: { name: 't', expires_at } })).status).toBe(400);
});
