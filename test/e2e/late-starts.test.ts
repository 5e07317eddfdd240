// A run that was created or waits asks for its rights again when it starts: its definition may have been replaced, and its owner demoted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uriOf } from '../support/accounts.js';
import type { Answer } from '../support/http.js';
import { begun, shell } from '../support/programs.js';
import { endOf, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;
const list = '/api/process_definition/';
const runner = 'rob:pw';

let server: TestServer;
let names = 0;
beforeAll(async () => {
  server = await startServer({ LANES: 'io=0,one=1', ...(isRoot && { RUN_AS_USERS: 'daemon' }) });
  await server.user(runner, 'runner');
});
afterAll(() => server.stop());

const as = (login: string, method: string, path: string, body?: unknown): Promise<Answer> => server.send({ method, path, login, body });

async function made(login: string, body: object): Promise<string> {
  const { status, json, text } = await as(login, 'POST', '/api/run/', body);
  expect(status, text).toBe(201);
  return json.resource_uri;
}

async function change(login: string, role: string): Promise<void> {
  const { status, text } = await as('admin:secret', 'PATCH', await uriOf(server, login.split(':')[0]), { role });
  expect(status, text).toBe(200);
}

/** A new user with this role. */
async function newLogin(role: string): Promise<string> {
  const login = `user${names++}:pw`;
  await server.user(login, role);
  return login;
}

/** The ends of the runs that `make` has made, which waited while `meanwhile` was done. */
async function endsAfter(make: () => Promise<string[]>, meanwhile: () => Promise<unknown>) {
  const holding = await begun(server, shell('sleep 600', { lane: 'one' }));
  const runs = await make();
  await meanwhile();
  await as('admin:secret', 'POST', `${holding}stop/`);
  return Promise.all(runs.map((run) => endOf(server, run)));
}

describe.runIf(isRoot)('a version with run_as', () => {
  const daemons = (script: string) => shell(script, { run_as: 'daemon', visibility: 'shared', lane: 'one' });
  const put = (path: string, definition: object) => as('admin:secret', 'PUT', path, { definition });
  const losses: [string, (path: string) => Promise<Answer>, RegExp][] = [
    ['was replaced', (path) => put(path, daemons('echo fixed')), /has been replaced/],
    ['has lost run_as', (path) => put(path, shell('id -un', { visibility: 'shared' })), /has been replaced/],
    ['is private now', (path) => put(path, { ...daemons('id -un'), visibility: 'private' }), /there is no definition/],
    ['was removed', (path) => as('admin:secret', 'DELETE', path), /there is no definition/],
  ];

  test.each(losses)('that %s is not started any more', async (_what, lose, why) => {
    const path = `${list}late${names++}/`;
    await put(path, daemons('id -un'));
    const { resource_uri: definition } = (await as('admin:secret', 'GET', path)).json;
    const created = await made(runner, { definition, start: false });
    const kept = await made(runner, { definition, start: false });
    expect((await as(runner, 'POST', `${kept}start/`)).status).toBe(202);
    expect(await endOf(server, kept)).toMatchObject({ success: true });
    const synchronous: Promise<Answer>[] = [];
    const make = async () => {
      synchronous.push(as(runner, 'POST', `${definition}execute/`));
      await until(
        async () => (await server.send({ path: `/api/run/?definition=${definition}&state=queued` })).json.objects.length,
        (waiting) => waiting === 1,
      );
      return [await made(runner, { definition })];
    };
    const ends = await endsAfter(make, () => lose(definition));
    for (const end of ends) expect(end).toMatchObject({ end_reason: 'spawn_error', error: expect.stringMatching(why), started_at: null });
    expect((await synchronous[0]).json).toMatchObject({ status: 422, code: 'spawn_error', detail: expect.stringMatching(why) });
    const late = await as(runner, 'POST', `${created}start/`);
    expect(late.json, late.text).toMatchObject({ status: 409, code: 'run_as_refused', detail: expect.stringMatching(why) });
    expect((await as(runner, 'GET', created)).json.state).toBe('created');
  });

  test('that is still the present one is started, and an admin starts a former one', async () => {
    const path = `${list}late${names++}/`;
    await put(path, daemons('id -un'));
    const { resource_uri: definition } = (await as('admin:secret', 'GET', path)).json;
    const runs = async () => [await made(runner, { definition }), await made('admin:secret', { definition })];
    const [robs, admins] = await endsAfter(runs, async () => {});
    expect([robs.success, admins.success]).toEqual([true, true]);
    const former = await made('admin:secret', { definition, start: false });
    await put(definition, daemons('echo fixed'));
    expect((await as('admin:secret', 'POST', `${former}start/`)).status).toBe(202);
    expect(await endOf(server, former)).toMatchObject({ success: true });
  });
});

describe('a command of an admin', () => {
  const command = shell('echo done', { lane: 'one' });

  test('who became an author starts in the sandbox', async () => {
    const login = await newLogin('admin');
    const created = await made(login, { ...command, start: false });
    const [end] = await endsAfter(
      async () => [await made(login, command)],
      () => change(login, 'author'),
    );
    expect((await as(login, 'POST', `${created}start/`)).status).toBe(202);
    const expected = (await endOf(server, await made(login, command))).isolation;
    expect([end.isolation, (await endOf(server, created)).isolation]).toEqual([expected, expected]);
    expect((await endOf(server, await made('admin:secret', command))).isolation).not.toBe(expected);
  });

  test.runIf(isRoot)('with run_as does not start after that', async () => {
    const login = await newLogin('admin');
    const created = await made(login, { ...command, run_as: 'daemon', start: false });
    const [end] = await endsAfter(
      async () => [await made(login, { ...command, run_as: 'daemon' })],
      () => change(login, 'author'),
    );
    expect(end).toMatchObject({ end_reason: 'spawn_error', error: expect.stringContaining('only an admin') });
    expect((await as(login, 'POST', `${created}start/`)).json).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

test('a command of an author who became a runner does not start', async () => {
  const login = await newLogin('author');
  const command = shell('echo done', { lane: 'one' });
  const created = await made(login, { ...command, start: false });
  const [end] = await endsAfter(
    async () => [await made(login, command)],
    () => change(login, 'runner'),
  );
  expect(end).toMatchObject({ end_reason: 'spawn_error', error: expect.stringContaining('may run no commands') });
  expect((await as(login, 'POST', `${created}start/`)).json).toMatchObject({ status: 403, code: 'forbidden' });
});
