// Who may store, change and run a definition with `run_as`: by every way that leads to one, on every database.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { type Answer, multipart } from '../support/http.js';
import { declared, defined, execute, shell, shellWith, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;
const list = '/api/process_definition/';
const home = /^daemon:(?:[^:]*:){4}([^:]*)/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1];

describe.runIf(isRoot).each(databases)('as root on %s', (database) => {
  let server: TestServer;
  let authors: string;
  beforeAll(async () => {
    server = await startServer({ ...(await newDatabase(database)), RUN_AS_USERS: 'daemon,nobody-at-all' });
    await server.user('ann:pw', 'author');
    await server.user('rob:pw', 'runner');
    authors = await defined(server, shell('echo hers'), 'ann:pw');
  });
  afterAll(() => server.stop());

  const as = (login: string, method: string, path: string, body?: unknown): Promise<Answer> => server.send({ method, path, login, body });
  const daemons = (script: string, more: object = {}) => shell(script, { run_as: 'daemon', visibility: 'shared', ...more });

  test.each([
    ['a user who is not listed', 'games-not-listed', /RUN_AS_USERS does not list the user/],
    ['a user who does not exist', 'nobody-at-all', /this machine has no user/],
    ['root', 'root', /RUN_AS_USERS does not list the user 'root'/],
    ['a number', '1', /must match/],
  ])('%s is refused when the definition is stored', async (_what, run_as, why) => {
    for (const answer of [
      await store(server, shell('true', { run_as })),
      await as('admin:secret', 'POST', `${list}validate/`, { definition: shell('true', { run_as }) }),
    ]) {
      expect([answer.status, answer.json.faults.map(({ path }: { path: string }) => path)]).toEqual([400, ['run_as']]);
      expect(answer.json.detail ?? answer.json.error).toMatch(why);
    }
  });

  describe('an author', () => {
    const definition = daemons('echo evil');
    const refusals = (path: string): Record<string, [string, string, unknown]> => ({
      POST: ['POST', list, { definition }],
      'PUT of a new name': ['PUT', `${list}newly/`, { definition }],
      'PUT of an own definition': ['PUT', authors, { definition }],
      'PATCH of an own definition': ['PATCH', authors, { definition }],
      'PUT of the list': ['PUT', list, { objects: [{ definition }] }],
      'PATCH of the list with a new one': ['PATCH', list, { objects: [{ definition }] }],
      'PATCH of the list with a change': ['PATCH', list, { objects: [{ resource_uri: authors, definition }] }],
      validate: ['POST', `${list}validate/`, { definition }],
      'a command': ['POST', '/api/run/', definition],
      'PUT that takes run_as away': ['PUT', path, { definition: shell('echo evil') }],
      'PATCH that takes it away': ['PATCH', path, { definition: shell('echo evil') }],
      'PATCH of the list that takes it away': ['PATCH', list, { objects: [{ resource_uri: path, definition: shell('echo evil') }] }],
      'PATCH of the list that removes it': ['PATCH', list, { objects: [], deleted_objects: [path] }],
      'PUT of the list that replaces it': ['PUT', list, { objects: [] }],
      'DELETE of the list': ['DELETE', list, undefined],
      DELETE: ['DELETE', path, undefined],
      'restoring a version from before': ['POST', `${path}revisions/1/restore/`, undefined],
    });

    test('cannot store run_as, nor change or remove an own definition that an admin has given one, by any way', async () => {
      const path = await defined(server, shell('echo before'), 'ann:pw');
      expect((await as('admin:secret', 'PUT', path, { definition: daemons('echo $USER') })).status).toBe(204);
      for (const [way, [method, to, body]] of Object.entries(refusals(path))) {
        const answer = await as('ann:pw', method, to, body);
        expect([way, answer.status, answer.json.code], answer.text).toEqual([way, 403, 'forbidden']);
        expect(answer.text, way).toMatch(/only an admin may/);
      }
      expect((await as('ann:pw', 'POST', `${path}execute/`)).text).toBe('daemon\n');
      expect((await as('rob:pw', 'POST', `${path}execute/`)).text).toBe('daemon\n');
      expect((await as('ann:pw', 'GET', authors)).json.definition).toEqual(shell('echo hers'));
    });

    test('cannot restore a version with run_as of an own definition that has none any more', async () => {
      const path = await defined(server, shell('echo before'), 'ann:pw');
      await as('admin:secret', 'PUT', path, { definition: daemons('echo $USER') });
      await as('admin:secret', 'PUT', path, { definition: shell('echo after') });
      expect((await as('ann:pw', 'POST', `${path}revisions/2/restore/`)).status).toBe(403);
      expect((await as('ann:pw', 'POST', `${path}revisions/1/restore/`)).status).toBe(200);
      expect((await as('admin:secret', 'POST', `${path}revisions/2/restore/`)).status).toBe(200);
    });

    test('of an admin’s token of the scope author is refused as well', async () => {
      const { json } = await as('admin:secret', 'POST', '/api/token/', { name: 't', scopes: ['author'] });
      expect((await store(server, definition, `token:${json.token}`)).status).toBe(403);
    });
  });

  test('only an admin puts files into the work directory; a file parameter lies elsewhere, and everybody may send one', async () => {
    const parameters = declared({ table: { type: 'string', format: 'file' } }, { required: ['table'] });
    const path = await defined(server, {
      ...shellWith('cat "$1"; ls', ['${table}'], { run_as: 'daemon', visibility: 'shared' }),
      ...parameters,
    });
    const post = async (login: string, part: string) => {
      const form = await multipart([
        ['table', new File(['table\n'], 'a.csv')],
        ...(part ? ([[part, new File(['x'], part)]] as [string, File][]) : []),
      ]);
      return server.send({ method: 'POST', path: `${path}execute/`, login, ...form });
    };
    expect((await post('rob:pw', '')).text).toBe('table\n');
    expect((await post('admin:secret', 'json.py')).text).toBe('table\njson.py\n');
    expect(await post('rob:pw', 'json.py')).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const waits = await defined(server, daemons('while [ ! -e go ]; do sleep 0.05; done'));
    for (const start of [false, true]) {
      const run = (await as('rob:pw', 'POST', '/api/run/', { definition: waits, start })).json.resource_uri;
      if (start) await expect.poll(async () => (await as('rob:pw', 'GET', run)).json.state).toBe('running');
      expect((await as('rob:pw', 'PUT', `${run}files/go`, '')).status).toBe(403);
      expect((await as('admin:secret', 'PUT', `${run}files/go`, '')).status).toBe(201);
    }
  });

  test('a former version is repeated by admins only, whether or not it ran as the same user', async () => {
    const path = await defined(server, daemons('echo weak'));
    const run = `/api/run/${(await as('rob:pw', 'POST', `${path}execute/`)).headers['run-id']}/`;
    const repeat = (login: string, revision: string) => as(login, 'POST', `${run}rerun/`, { revision });
    expect((await repeat('rob:pw', 'then')).status).toBe(201);
    for (const fixed of [daemons('echo fixed'), shell('echo fixed', { visibility: 'shared' })]) {
      await as('admin:secret', 'PUT', path, { definition: fixed });
      expect(await repeat('rob:pw', 'then')).toMatchObject({ status: 403, json: { code: 'forbidden' } });
      expect([(await repeat('rob:pw', 'now')).status, (await repeat('admin:secret', 'then')).status]).toEqual([201, 201]);
    }
  });

  test('explain/ says as whom the program would run', async () => {
    const path = await defined(server, daemons('true'));
    const { json } = await as('rob:pw', 'GET', `${path}explain/`);
    expect(json).toMatchObject({ run_as: 'daemon', environment: { USER: 'daemon', HOME: home, TMPDIR: '${tmpdir}' } });
    expect(await execute(server, { exec: '/root/none', run_as: 'daemon' })).toMatchObject({
      status: 422,
      json: { code: 'spawn_error', detail: expect.stringContaining("the user 'daemon' (uid 1) may not reach") },
    });
  });
});
