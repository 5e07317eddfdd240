// The names of definitions: which are allowed, which definition a name means, and PUT by name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const [alice, bob] = ['alice:pw', 'bob:pw'];

describe.each(databases)('names of definitions on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    for (const login of [alice, bob]) await server.user(login, 'author');
  });
  afterAll(() => server.stop());

  const as = (login: string, method: string, path: string, body?: unknown): Promise<Answer> => server.send({ method, path, login, body });
  const statusAs = async (login: string, method: string, path: string) => (await as(login, method, path)).status;
  const create = async (login: string, says: string, more: object) =>
    expect((await as(login, 'POST', list, { definition: { exec: '/bin/echo', argv: [says], ...more } })).status).toBe(201);

  test("a name means one's own first, then a unique shared one, else it is 409 naming the choices", async () => {
    await server.user('carol:pw', 'runner');
    await create(alice, 'of alice', { name: 'tool', visibility: 'shared' });
    const says = async (login: string, name: string) => (await as(login, 'POST', `${list}${name}/execute/`)).text;
    expect([await says(bob, 'tool'), await says('carol:pw', 'tool')]).toEqual(['of alice\n', 'of alice\n']);
    await create(bob, 'of bob', { name: 'tool', visibility: 'shared' });
    expect([await says(alice, 'tool'), await says(bob, 'tool')]).toEqual(['of alice\n', 'of bob\n']);
    const ambiguous = await as('carol:pw', 'POST', `${list}tool/execute/`);
    expect([ambiguous.status, ambiguous.json.code]).toEqual([409, 'ambiguous_name']);
    for (const choice of ['alice:tool', 'bob:tool']) expect(ambiguous.json.error).toContain(choice);
    expect([await says('carol:pw', 'bob:tool'), await says(bob, 'alice:tool')]).toEqual(['of bob\n', 'of alice\n']);
    expect(await statusAs('carol:pw', 'GET', `${list}tool/`)).toBe(409);
    expect(await statusAs('carol:pw', 'GET', `${list}Tool/`)).toBe(404);
  });

  test('PUT by name creates, then replaces, and the name in the body must agree', async () => {
    const put = (name: string, definition: object) =>
      as(alice, 'PUT', `${list}${name}/`, { definition: { exec: '/bin/echo', ...definition } });
    const created = await put('by-name', { argv: ['1'] });
    const { json } = await as(alice, 'GET', `${list}by-name/`);
    expect([created.status, created.headers.location]).toEqual([201, json.resource_uri]);
    expect(json.definition).toEqual({ exec: '/bin/echo', argv: ['1'], name: 'by-name' });
    expect((await put('by-name', { argv: ['2'], name: 'by-name' })).status).toBe(204);
    expect((await as(alice, 'GET', json.resource_uri)).json.definition.argv).toEqual(['2']);
    for (const name of ['by-name', 'by-no-name']) expect((await put(name, { name: 'another' })).status).toBe(400);
    expect(await statusAs(alice, 'GET', `${list}by-no-name/`)).toBe(404);
    const duplicate = await as(alice, 'POST', list, { definition: { exec: '/bin/echo', name: 'by-name' } });
    expect([duplicate.status, duplicate.json.code]).toEqual([409, 'name_taken']);
    expect(await as(bob, 'PUT', `${list}by-name/`, { definition: { exec: '/bin/echo' } })).toMatchObject({ status: 201 });
  });

  test.each(['set', 'schema', 'validate', '123', '1.5', '-a', 'a/b', 'a b', 'a:b', '', 'ä', 'x'.repeat(129)])(
    'the name %j is refused',
    async (name) => {
      const refused = await as(alice, 'POST', list, { definition: { exec: '/bin/echo', name } });
      expect(refused.status).toBe(400);
      expect(refused.json.faults).toEqual([{ path: 'name', message: expect.any(String) }]);
    },
  );

  test.each(['1a', 'a.b_c-d', 'Set', 'x'.repeat(128)])('the name %j is accepted and found', async (name) => {
    await create(alice, 'named', { name });
    expect((await as(alice, 'GET', `${list}${name}/`)).json.definition.name).toBe(name);
  });
});
