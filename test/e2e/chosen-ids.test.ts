// The ids that clients choose for definitions: an author cannot use up the numbers of all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Sent } from '../support/http.js';
import { defined } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const definition = { exec: '/bin/true' };
const [ann, bob] = ['ann:ann-password', 'bob:bob-password'];

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    for (const login of [ann, bob]) await server.user(login, 'author');
  });
  afterAll(async () => {
    await server.stop();
  });

  test('an author may choose ids up to the next free one, also of a list that was read; higher ones are for admins', async () => {
    const next = Number(/(\d+)\/$/.exec(await defined(server, definition, ann))?.[1]) + 1;
    const send = (sent: Sent) => server.send({ login: ann, ...sent });
    const put = async (id: number, as = send) => (await as({ method: 'PUT', path: `${list}${id}/`, body: { definition } })).status;
    expect([await put(next + 1), await put(next), await put(next + 5), await put(1e12), await put(1e12 + 1)]).toEqual([
      403, 201, 403, 403, 400,
    ]);
    expect((await send({ method: 'POST', path: list, body: { id: next + 9, definition } })).json).toMatchObject({ code: 'forbidden' });
    const { objects } = (await send({ path: `${list}?limit=0` })).json;
    expect((await send({ method: 'PUT', path: list, body: { objects } })).status).toBe(204);
    const higher = { objects: [...objects, { id: next + 5, definition }] };
    expect((await send({ method: 'PUT', path: list, body: higher })).status).toBe(403);
    expect(await put(next + 20, server.send)).toBe(201);
  });

  test('the id of a removed definition is for its owner and admins, since runs still name it', async () => {
    const as = (login: string, method: string, path: string, body?: unknown) => server.send({ method, path, login, body });
    const [older, path] = [await defined(server, definition, ann), await defined(server, { ...definition, visibility: 'shared' }, ann)];
    const run = `/api/run/${(await as(bob, 'POST', `${path}execute/`)).headers['run-id']}/`;
    const taking = { objects: [{ id: Number(path.split('/')[3]), definition }] };
    for (const remove of [() => as(ann, 'DELETE', path), () => as(ann, 'DELETE', list)]) {
      expect((await remove()).status).toBe(204);
      for (const answer of [
        await as(bob, 'PUT', path, { definition }),
        await as(bob, 'POST', list, { id: taking.objects[0].id, definition }),
        await as(bob, 'PUT', list, taking),
        await as(bob, 'PATCH', list, taking),
      ])
        expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("was another user's")]);
      expect((await as(bob, 'POST', `${run}rerun/`, { revision: 'now' })).status).toBe(404);
      expect((await as(ann, 'PUT', path, { definition })).status).toBe(201);
    }
    expect((await as(ann, 'DELETE', path)).status).toBe(204);
    expect((await as(bob, 'PUT', older, { definition })).status).toBe(403);
    expect((await as('admin:secret', 'PUT', older, { definition })).status).toBe(201);
    const fresh = await defined(server, definition, bob);
    expect(Number(fresh.split('/')[3])).toBeGreaterThan(Number(path.split('/')[3]));
  });
});
