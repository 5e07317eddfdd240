// A cached definition is never outdated: after every kind of change, for everybody, and while others read and write.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';

describe.each(databases)('definitions that were read before, on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    await server.user('ada:pw', 'author');
    await server.user('bob:pw', 'author');
  });
  afterAll(() => server.stop());

  const ask = (method: string, path: string, { body, login = 'ada:pw' }: { body?: object; login?: string } = {}) =>
    server.send({ method, path, body, login });
  const status = async (...words: Parameters<typeof ask>) => (await ask(...words)).status;
  const says = async (path: string, login?: string) => (await ask('POST', `${path}execute/`, { login })).text;
  const echoes = (word: string, more: object = {}) => ({ definition: shell(`echo ${word}`, more) });

  test('a run is of the version that the last answered change left', async () => {
    const path = await defined(server, shell('echo 0'), 'ada:pw');
    for (let version = 1; version <= 30; version++) {
      const readers = Array.from({ length: 8 }, () => ask('GET', path));
      const written = ask(version % 2 ? 'PUT' : 'PATCH', path, { body: echoes(String(version)) });
      expect((await written).status).toBe(version % 2 ? 204 : 202);
      expect(await says(path)).toBe(`${version}\n`);
      expect((await ask('GET', path)).json.definition.argv[1]).toBe(`echo ${version}`);
      await Promise.all(readers);
    }
    expect(await status('POST', `${path}revisions/1/restore/`)).toBe(200);
    expect(await says(path)).toBe('0\n');
  });

  test('a change that fails leaves the former version, also for readers meanwhile', async () => {
    const path = await defined(server, shell('echo kept'), 'ada:pw');
    const missing = { objects: [{ resource_uri: path, ...echoes('lost') }], deleted_objects: [`${list}999999999/`] };
    for (let turn = 0; turn < 10; turn++) {
      const [change] = await Promise.all([ask('PATCH', list, { body: missing }), ...Array.from({ length: 8 }, () => ask('GET', path))]);
      expect(change.status).toBeGreaterThanOrEqual(400);
      expect(await says(path)).toBe('kept\n');
    }
  });

  test('a definition that is not shared, or not any more, exists for its owner and admins alone', async () => {
    const path = await defined(server, shell('echo mine', { visibility: 'shared' }), 'ada:pw');
    expect(await says(path, 'bob:pw')).toBe('mine\n');
    expect(await status('PUT', path, { body: echoes('mine') })).toBe(204);
    expect(await says(path)).toBe('mine\n');
    expect([await status('GET', path, { login: 'bob:pw' }), await status('POST', `${path}execute/`, { login: 'bob:pw' })]).toEqual([
      404, 404,
    ]);
    expect((await server.send({ path })).status).toBe(200);
    expect(await status('PUT', path, { body: echoes('mine', { visibility: 'shared' }) })).toBe(204);
    expect(await says(path, 'bob:pw')).toBe('mine\n');
  });

  test('a definition that was removed, alone or with all, is gone, and a new one in its place is not mistaken for it', async () => {
    const [one, other] = [await defined(server, shell('echo one'), 'bob:pw'), await defined(server, shell('echo other'), 'bob:pw')];
    expect([await says(one, 'bob:pw'), await says(other, 'bob:pw')]).toEqual(['one\n', 'other\n']);
    expect(await status('DELETE', one, { login: 'bob:pw' })).toBe(204);
    expect(await status('GET', one, { login: 'bob:pw' })).toBe(404);
    expect(await status('PUT', one, { login: 'bob:pw', body: echoes('again') })).toBe(201);
    expect(await says(one, 'bob:pw')).toBe('again\n');
    expect(await status('DELETE', list, { login: 'bob:pw' })).toBe(204);
    expect([await status('GET', one, { login: 'bob:pw' }), await status('GET', other, { login: 'bob:pw' })]).toEqual([404, 404]);
  });
});
