// No run of a user who is disabled, removed or a viewer starts any more: waiting runs are cancelled, ended ones are not started again.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { newUser, uriOf } from '../support/accounts.js';
import { newStream, stateOf } from '../support/bindings.js';
import { defined, shell } from '../support/programs.js';
import { crash, endOf, killLauncherAndStarters, next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { service } from '../support/services.js';

const long = shell('sleep 60');

async function submit(server: TestServer, definition: object, login: string): Promise<string> {
  const path = `${await defined(server, definition, login)}execute/`;
  const { status, json, text } = await server.send({ method: 'POST', path, headers: { prefer: 'respond-async' }, login });
  expect(status, text).toBe(202);
  return json.resource_uri;
}

const stateIs = (server: TestServer, path: string, wanted: string) =>
  until(
    async () => (await server.send({ path })).json.state,
    (state) => state === wanted,
  );

async function patch(server: TestServer, name: string, body: object): Promise<void> {
  expect((await server.send({ method: 'PATCH', path: await uriOf(server, name), body })).status).toBe(200);
}

const losses: [string, (server: TestServer, name: string) => Promise<unknown>, string][] = [
  ['is disabled', (server, name) => patch(server, name, { disabled: true }), 'is disabled'],
  ['becomes a viewer', (server, name) => patch(server, name, { role: 'viewer' }), 'is viewer now'],
  ['is removed', async (server, name) => server.send({ method: 'DELETE', path: await uriOf(server, name) }), 'was removed'],
];

test.each(losses)('a queued run of a user who %s ends as cancelled, and one that runs keeps running', async (_what, lose, why) => {
  const server = await startServer({ LANES: 'io=1' });
  const name = await newUser(server, 'author');
  const running = await submit(server, long, `${name}:pw`);
  await stateIs(server, running, 'running');
  const waiting = await submit(server, shell('echo never'), `${name}:pw`);
  const others = await submit(server, shell('echo others'), 'admin:secret');
  await lose(server, name);
  expect(await endOf(server, waiting)).toMatchObject({ end_reason: 'cancelled', error: expect.stringContaining(why) });
  expect((await server.send({ path: running })).json.state).toBe('running');
  await server.send({ method: 'POST', path: `${running}stop/` });
  expect(await endOf(server, others)).toMatchObject({ success: true });
  await server.stop();
});

test('a user whose password was changed loses no queued run', async () => {
  const server = await startServer({ LANES: 'io=1' });
  const name = await newUser(server, 'author');
  const running = await submit(server, long, `${name}:pw`);
  const waiting = await submit(server, shell('echo later'), `${name}:pw`);
  await patch(server, name, { password: 'another' });
  await server.send({ method: 'POST', path: `${running}stop/` });
  expect(await endOf(server, waiting)).toMatchObject({ success: true });
  await server.stop();
});

test('waiting runs of a disabled or removed user do not start with the next server, and running ones keep running', async () => {
  const first = await startServer({ LANES: 'io=1' });
  const [disabled, removed] = [await newUser(first, 'author'), await newUser(first, 'author')];
  const running = await submit(first, long, `${disabled}:pw`);
  await stateIs(first, running, 'running');
  const waiting = [await submit(first, shell('echo never'), `${disabled}:pw`), await submit(first, shell('echo never'), `${removed}:pw`)];
  const order = { ...shell('echo'), start: false };
  const created = (await first.send({ method: 'POST', path: '/api/run/', body: order, login: `${disabled}:pw` })).json.resource_uri;
  await crash(first);
  const database = new Database(join(first.dataDir, 'registry.sqlite'));
  database.prepare('UPDATE user_account SET disabled = 1 WHERE username = ?').run(disabled);
  database.prepare('DELETE FROM user_account WHERE username = ?').run(removed);
  database.close();
  const server = await next(first, { LANES: 'io=1' });
  for (const run of waiting) expect(await endOf(server, run)).toMatchObject({ end_reason: 'cancelled' });
  expect((await server.send({ path: running })).json.state).toBe('running');
  expect((await server.send({ method: 'POST', path: `${created}start/` })).json).toMatchObject({ status: 403, code: 'forbidden' });
  await server.stop();
});

test('a lost run and a service of a disabled user are not started again', async () => {
  const server = await startServer({ ISOLATION: 'process' });
  const name = await newUser(server, 'author');
  const login = `${name}:pw`;
  const [lost, up] = [await submit(server, { ...long, retries: 3 }, login), await submit(server, service('sleep 60'), login)];
  for (const run of [lost, up]) await stateIs(server, run, 'running');
  await patch(server, name, { disabled: true });
  killLauncherAndStarters(server);
  for (const run of [lost, up]) {
    const { pid } = (await server.send({ path: run })).json;
    process.kill(pid, 'SIGKILL');
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'lost', attempt: 1 });
  }
  await server.stop();
});

test('a service that waits for its next start ends when its user is disabled, and nobody else starts it', async () => {
  const server = await startServer();
  const name = await newUser(server, 'author');
  const definition = await defined(server, service('exit 1', { shared: true, restart: { backoff: 30 } }), `${name}:pw`);
  const { json } = await server.send({
    method: 'POST',
    path: `${definition}execute/`,
    headers: { prefer: 'respond-async' },
    login: `${name}:pw`,
  });
  await until(
    async () => (await server.send({ path: json.resource_uri })).json,
    ({ state, attempt }) => state === 'queued' && attempt === 2,
  );
  await patch(server, name, { disabled: true });
  expect(await endOf(server, json.resource_uri)).toMatchObject({ state: 'finished', error: expect.stringContaining('is disabled') });
  const again = await server.send({ method: 'POST', path: `${definition}execute/` });
  expect([again.status, again.json.code]).toEqual([403, 'forbidden']);
  await patch(server, name, { disabled: false });
  expect((await server.send({ method: 'POST', path: `${definition}execute/`, headers: { prefer: 'respond-async' } })).status).toBe(202);
  await server.stop();
});

test('a message whose run was cancelled with its owner waits for the owner, and the try is not counted', async () => {
  const server = await startServer({ LANES: 'io=1' });
  const name = await newUser(server, 'author');
  const definition = await defined(server, shell('cat'), `${name}:pw`);
  const [stream, path] = [newStream('in'), '/api/binding/'];
  const body = { definition, input: { stream }, max_tries: 1 };
  const binding = (await server.send({ method: 'POST', path, body, login: `${name}:pw` })).json.resource_uri;
  const blocking = await submit(server, long, 'admin:secret');
  await stateIs(server, blocking, 'running');
  await server.send({ method: 'POST', path: `/api/stream/${stream}/`, body: 'x' });
  await until(
    async () => (await server.send({ path: `/api/run/?state=queued` })).json.objects.length,
    (waiting) => waiting === 1,
  );
  await patch(server, name, { disabled: true });
  await until(
    () => stateOf(server, { path: binding }),
    ({ in_flight, error }) => in_flight === 1 && String(error).includes('is disabled'),
  );
  await server.send({ method: 'POST', path: `${blocking}stop/` });
  await patch(server, name, { disabled: false });
  await until(
    () => stateOf(server, { path: binding }),
    ({ handled, failed }) => handled === 1 && failed === 0,
  );
  await server.stop();
});
