// Users: created, read, changed and removed by an admin, of whom one must always be left.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uriOf, withPassword } from '../support/accounts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.user('gone:pw', 'author', true);
});
afterAll(async () => {
  await server.stop();
});

test('users are created, read, changed and removed by an admin', async () => {
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
  expect(await withPassword(server, `ann:${body.password}`)).toBe(200);
  const changed = await server.send({ method: 'PATCH', path, body: { role: 'author', password: 'second' } });
  expect(changed.json).toEqual({ ...json, role: 'author' });
  expect([await withPassword(server, `ann:${body.password}`), await withPassword(server, 'ann:second')]).toEqual([401, 200]);
  expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
  expect([await withPassword(server, 'ann:second'), (await server.send({ path })).status]).toEqual([401, 404]);
});

test('a user is addressed by its name as by its number, and a text of digits is always the number', async () => {
  for (const username of ['by name', 'ä/ö?#%;', 'e\u0301', '...', 'me']) {
    const made = await server.send({ method: 'POST', path: '/api/user/', body: { username, password: 'pw', role: 'viewer' } });
    const path = `/api/user/${encodeURIComponent(username)}/`;
    expect((await server.send({ path })).json).toEqual(made.json);
    expect((await server.send({ path: path.slice(0, -1) })).json).toEqual(made.json);
    expect((await server.send({ method: 'PATCH', path, body: { role: 'author' } })).json).toEqual({ ...made.json, role: 'author' });
    expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
    expect((await server.send({ path: made.json.resource_uri })).status).toBe(404);
  }
  const { json: number } = await server.send({
    method: 'POST',
    path: '/api/user/',
    body: { username: '1', password: 'pw', role: 'viewer' },
  });
  expect((await server.send({ path: '/api/user/1/' })).json.username).toBe('admin');
  expect((await server.send({ path: number.resource_uri })).json.username).toBe('1');
});

test.each(['nobody', 'Admin', 'admin%20', '0', '01', '-1', '1.0', '999999', '9'.repeat(20), '%00', 'constructor'])(
  'the user %j does not exist',
  async (reference) => {
    for (const method of ['GET', 'DELETE']) expect((await server.send({ method, path: `/api/user/${reference}/` })).status).toBe(404);
    expect((await server.send({ method: 'PATCH', path: `/api/user/${reference}/`, body: {} })).status).toBe(404);
  },
);

const nulls = [{ role: null }, { password: null }, { username: null }, { disabled: null }];
const bad = [
  { role: 'root' },
  { password: '' },
  { password: 'x'.repeat(1025) },
  { username: 'a:b' },
  { username: '.' },
  { username: '..' },
  { disabled: 'no' },
  { admin: true },
];
test.each(['.', '..'])('a user is not named %j, which clients take out of an address', async (username) => {
  const { status, json } = await server.send({ method: 'POST', path: '/api/user/', body: { username, password: 'pw', role: 'viewer' } });
  expect([status, json.detail]).toEqual([400, expect.stringContaining(`must not be '${username}'`)]);
});

test.each([...nulls, ...bad])('a change of a user to %j is 400', async (body) => {
  expect((await server.send({ method: 'PATCH', path: await uriOf(server, 'gone'), body })).status).toBe(400);
});

test('the last admin cannot be removed, lowered or disabled', async () => {
  const alone = await startServer();
  const [{ resource_uri: path }] = (await alone.send({ path: '/api/user/' })).json.objects;
  const changes = [{ role: 'author' }, { disabled: true }].map((body) => ({ method: 'PATCH', path, body }));
  for (const sent of [{ method: 'DELETE', path }, ...changes]) expect((await alone.send(sent)).status).toBe(400);
  expect((await alone.send({ path })).json).toMatchObject({ role: 'admin', disabled: false });
  await alone.stop();
});
