// Tokens: how they are sent, what their scopes allow, and when they end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnauthenticated, newUser, uriOf, withAuthorization, withPassword } from '../support/accounts.js';
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

test('a token with a lower scope makes no token that may do more', async () => {
  const headers = { authorization: `Bearer ${(await newToken('admin:secret', { scopes: ['viewer'] })).token}` };
  const more = await server.send({ method: 'POST', path: '/api/token/', headers, body: { name: 'more', scopes: ['admin'] } });
  expect(more.status === 201 ? await bearer(more.json.token, '/api/user/') : more.status).toBe(403);
});

test('a token with a lower scope sets no password', async () => {
  const headers = { authorization: `Bearer ${(await newToken(`${await newUser(server, 'admin')}:pw`, { scopes: ['viewer'] })).token}` };
  expect((await server.send({ method: 'PATCH', path: '/api/me/', headers, body: { password: 'taken' } })).status).toBe(403);
});

test('a token ends at its time, when it is removed by its user, and when its user is disabled', async () => {
  const name = await newUser(server, 'author');
  const soon = await newToken(`${name}:pw`, { expires_at: new Date(Date.now() + 1500).toISOString() });
  const [removed, kept] = [await newToken(`${name}:pw`), await newToken(`${name}:pw`)];
  expect([await bearer(soon.token), await bearer(removed.token), await bearer(kept.token)]).toEqual([200, 200, 200]);
  const removal = { method: 'DELETE', path: `/api/token/${removed.id}/` };
  expect([(await server.send(removal)).status, (await server.send({ ...removal, login: `${name}:pw` })).status]).toEqual([404, 204]);
  expect([await bearer(removed.token), await bearer(kept.token)]).toEqual([401, 200]);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  expect(await bearer(soon.token)).toBe(401);
  await server.send({ method: 'PATCH', path: await uriOf(server, name), body: { disabled: true } });
  expect([await bearer(kept.token), await withPassword(server, `${name}:pw`)]).toEqual([401, 401]);
});

test.each(['tomorrow', '2020-W01-1', ''])('an expiry of %j is 400, never a token without an end', async (expires_at) => {
  expect((await server.send({ method: 'POST', path: '/api/token/', body: { name: 't', expires_at } })).status).toBe(400);
});
