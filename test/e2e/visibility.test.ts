// What a user may not see is 404, what is shared may be read and run, and what each role may do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer, Sent } from '../support/http.js';
import { filled, hasParameters, type OwnedKind, ownEverything, type ServedRoute, servedRoutes } from '../support/owned.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const [alice, bob, admin] = ['alice:pw', 'bob:pw', 'admin:secret'];
const noRun = '01900000-0000-7000-8000-000000000000';

describe.each(databases)('visibility on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ...(await newDatabase(database)), CALLBACK_HOSTS: '127.0.0.1' });
    for (const login of [alice, bob]) await server.user(login, 'author');
  });
  afterAll(async () => {
    await server.stop();
  });

  const as = (login: string, method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent: Sent = { method, path, login };
    return server.send(body === undefined ? sent : { ...sent, body });
  };
  const statusAs = async (login: string, method: string, path: string, body?: unknown) => (await as(login, method, path, body)).status;

  async function inOrder<Item, Result>(items: Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    for (const item of items) results.push(await act(item));
    return results;
  }

  /** The id of a new definition that prints `says`. */
  async function create(login: string, says: string, more: object = {}): Promise<number> {
    const body = { definition: { exec: '/bin/echo', argv: [says], ...more } };
    const { status, headers } = await as(login, 'POST', list, body);
    expect(status).toBe(201);
    return Number(/(\d+)\/$/.exec(String(headers.location))?.[1]);
  }

  async function ids(login: string): Promise<number[]> {
    return (await as(login, 'GET', `${list}?limit=0`)).json.objects.map(({ id }: { id: number }) => id);
  }

  async function run(login: string, reference: number | string): Promise<string> {
    return String((await as(login, 'POST', `${list}${reference}/execute/`)).headers['run-id']);
  }

  const replacement = { definition: { exec: '/bin/false' } };

  describe('of every route that is served', () => {
    const mark = 'marked-as-hers';
    /** Where an empty object, or nothing, is refused before anything is looked up. */
    const bodies: Record<string, unknown> = {
      'PUT /api/process_definition/{ref}/': replacement,
      'PATCH /api/process_definition/{ref}/': replacement,
      'POST /api/run/{id}/signal/': { signal: 'TERM' },
      'POST /jobs/{agent}/{job}/start': { args: ['/bin/true'], env: {}, port_expected_count: 0 },
      'POST /jobs/{agent}/{job}/wsconnect': { url: 'ws://127.0.0.1:1/' },
      'POST /jobs/{agent}/{job}/wsconnect/{path}': { url: 'ws://127.0.0.1:1/' },
    };
    const bodyFor = ({ name, takesJson }: ServedRoute) => bodies[name] ?? (takesJson ? {} : undefined);
    /** Where another answer than 404 shows nothing that is hers. */
    const exceptions: Record<string, { status: number; why: string }> = {
      'GET /api/process_definition/set/{refs}/': { status: 200, why: 'what one may not see stands in not_found, as what is missing' },
      'HEAD /api/process_definition/set/{refs}/': { status: 200, why: 'as GET' },
      'PUT /api/process_definition/{ref}/': { status: 404, why: 'where nothing is, PUT creates' },
      'GET /api/user/{ref}/': { status: 403, why: 'for admins' },
      'HEAD /api/user/{ref}/': { status: 403, why: 'for admins' },
      'PATCH /api/user/{ref}/': { status: 403, why: 'for admins' },
      'DELETE /api/user/{ref}/': { status: 403, why: 'for admins' },
      'GET /api/user/{ref}/token/': { status: 403, why: 'for admins' },
      'HEAD /api/user/{ref}/token/': { status: 403, why: 'for admins' },
      'POST /api/user/{ref}/token/': { status: 403, why: 'for admins' },
      'DELETE /api/user/{ref}/token/{id}/': { status: 403, why: 'for admins' },
      'PATCH /api/lane/{name}/': { status: 403, why: 'for admins' },
      'POST /api/import/{kind}/': { status: 400, why: 'it reads only what is sent' },
      'POST /mcp/{tag}': { status: 400, why: 'a tag says which of the own tools are shown' },
    };
    /** Streams have no owner: every author may read and fill each of them. */
    const isOwned = (route: ServedRoute) => hasParameters(route) && !route.path.startsWith('/api/stream/');
    let routes: ServedRoute[];
    let kinds: OwnedKind[];
    beforeAll(async () => {
      kinds = await ownEverything(server, alice, mark);
      routes = await servedRoutes(server);
    });

    /** What alice has, as she sees it. */
    const everything = async () => {
      const shown = ['definition/{ref}/', 'revisions/', 'run/{id}/', 'files/', 'binding/{id}/', 'token/', '{job}/info'];
      const read = routes.filter(({ method, path }) => method === 'GET' && shown.some((end) => path.endsWith(end)));
      return inOrder(read, async (route) => `${route.name} ${(await as(alice, 'GET', filled(route, kinds, 'owned'))).text}`);
    };

    test('anything that belongs to another user is 404, as if it did not exist, and stays as it is', async () => {
      const before = await everything();
      const asked = routes.filter(isOwned);
      expect(asked.length).toBeGreaterThan(60);
      for (const route of asked) {
        const { name, method } = route;
        const [path, missingPath] = [filled(route, kinds, 'owned'), filled(route, kinds, 'missing')];
        const hidden = await as(bob, method, path, bodyFor(route));
        expect([name, hidden.status, hidden.text.includes(mark)], hidden.text).toEqual([name, exceptions[name]?.status ?? 404, false]);
        if (exceptions[name]) continue;
        const missing = await as(bob, method, missingPath, bodyFor(route));
        expect([name, missing.status, renamed(route, missing.text)]).toEqual([name, 404, hidden.text]);
      }
      expect(await everything()).toEqual(before);
    });

    /** The answer for something that does not exist, with the ids of what is hers in its place. */
    const renamed = ({ path }: ServedRoute, text: string): string => {
      const { owned, missing } = kinds.find(({ below }) => path.startsWith(below)) as OwnedKind;
      return Object.keys(missing).reduce((rest, key) => rest.replaceAll(missing[key], owned[key]), text);
    };

    test('nothing of another user is in what a route without parameters shows', async () => {
      // what the events show, which never end, is in event-rights.test.ts
      const asked = routes.filter((route) => route.method === 'GET' && !hasParameters(route) && route.path !== '/api/event/');
      expect(asked.length).toBeGreaterThan(20);
      const ids = kinds.filter(({ below }) => /run|jobs/.test(below)).map(({ owned }) => owned.job ?? owned.id);
      for (const { path } of asked) {
        for (const query of ['', '?limit=0']) {
          const { text } = await as(bob, 'GET', path + query);
          for (const hers of [mark, ...ids]) expect(text, path).not.toContain(hers);
        }
      }
    });

    test('every route is 401 without a login', async () => {
      for (const route of routes.filter(hasParameters)) {
        const { status } = await as('', route.method, filled(route, kinds, 'owned'), bodyFor(route));
        expect([route.name, status]).toEqual([route.name, 401]);
      }
    });

    test('the tables of this test name no route that is not served', () => {
      const names = routes.map(({ name }) => name);
      expect([...Object.keys(bodies), ...Object.keys(exceptions)].filter((name) => !names.includes(name))).toEqual([]);
    });
  });

  test("somebody else's private definition is in no list, no set, and under no name", async () => {
    const id = await create(alice, 'secret', { name: 'unseen' });
    expect(await ids(bob)).not.toContain(id);
    expect((await as(bob, 'GET', `${list}set/${id};unseen/`)).json).toEqual({ not_found: [String(id), 'unseen'], objects: [] });
    for (const name of ['unseen', 'alice:unseen']) expect(await statusAs(bob, 'GET', `${list}${name}/`)).toBe(404);
    const change = { objects: [{ resource_uri: `${list}${id}/`, ...replacement }] };
    expect(await statusAs(bob, 'PATCH', list, change)).toBe(404);
    expect(await statusAs(bob, 'PATCH', list, { objects: [], deleted_objects: [`${list}${id}/`] })).toBe(404);
    expect(await statusAs(alice, 'GET', `${list}unseen/`)).toBe(200);
    expect(await ids(admin)).toContain(id);
  });

  test('an admin sees, runs, changes and deletes what belongs to others, and it stays theirs', async () => {
    const id = await create(alice, 'one');
    expect((await as(admin, 'POST', `${list}${id}/execute/`)).text).toBe('one\n');
    expect(await statusAs(admin, 'PUT', `${list}${id}/`, { definition: { exec: '/bin/echo', argv: ['two'] } })).toBe(204);
    expect((await as(alice, 'POST', `${list}${id}/execute/`)).text).toBe('two\n');
    expect(await statusAs(admin, 'DELETE', `${list}${id}/`)).toBe(204);
    expect(await statusAs(alice, 'GET', `${list}${id}/`)).toBe(404);
  });

  test('a shared definition can be read and run by others, but every change is 403 and changes nothing', async () => {
    const id = await create(alice, 'shared', { visibility: 'shared', name: 'everyones' });
    const before = (await as(alice, 'GET', `${list}${id}/`)).text;
    expect((await as(bob, 'GET', `${list}${id}/`)).text).toBe(before);
    expect(await ids(bob)).toContain(id);
    for (const reference of [id, 'everyones', 'alice:everyones']) {
      const path = `${list}${reference}/`;
      expect((await as(bob, 'POST', `${path}execute/`)).text).toBe('shared\n');
      for (const method of ['PATCH', 'DELETE']) expect(await statusAs(bob, method, path, replacement)).toBe(403);
      expect(await statusAs(bob, 'POST', `${path}revisions/1/restore/`)).toBe(403);
      expect(await statusAs(bob, 'GET', `${path}explain/`)).toBe(200);
    }
    for (const reference of [id, 'alice:everyones']) expect(await statusAs(bob, 'PUT', `${list}${reference}/`, replacement)).toBe(403);
    expect(await statusAs(bob, 'PATCH', list, { objects: [], deleted_objects: [`${list}${id}/`] })).toBe(403);
    expect((await as(alice, 'GET', `${list}${id}/`)).text).toBe(before);
    expect(await statusAs(alice, 'PATCH', `${list}${id}/`, { definition: { exec: '/bin/echo' } })).toBe(202);
    expect(await statusAs(bob, 'GET', `${list}${id}/`)).toBe(404);
  });

  test("somebody else's run is 404 on every route, also where its definition is shared", async () => {
    const id = await create(bob, 'run me', { visibility: 'shared' });
    const runId = await run(bob, id);
    for (const route of ['', 'output/', 'stdout/', 'stderr/?follow=1', 'log/', 'log/?follow=1', 'wait/?timeout=1']) {
      const hidden = await as(alice, 'GET', `/api/run/${runId}/${route}`);
      const missing = await as(alice, 'GET', `/api/run/${noRun}/${route}`);
      expect([route, hidden.status, hidden.text.replaceAll(runId, noRun)]).toEqual([route, 404, missing.text]);
      expect([route, await statusAs(bob, 'GET', `/api/run/${runId}/${route}`)]).toEqual([route, 200]);
    }
    expect(await statusAs(alice, 'DELETE', `/api/run/${runId}/`)).toBe(404);
    const listed = (await as(alice, 'GET', `/api/run/?limit=0&definition=${id}`)).json.objects;
    expect(listed).toEqual([]);
    expect(await statusAs(admin, 'GET', `/api/run/${runId}/output/`)).toBe(200);
    expect(await statusAs(bob, 'DELETE', `/api/run/${runId}/`)).toBe(204);
    expect(await statusAs(bob, 'GET', `/api/run/${runId}/`)).toBe(404);
  });

  test("list PUT and DELETE touch the caller's own rows only, also when the caller is an admin", async () => {
    const [hers, his] = [await create(alice, 'a', { visibility: 'shared' }), await create(bob, 'b')];
    const own = await create(admin, 'c');
    expect(await statusAs(admin, 'PUT', list, { objects: [{ definition: { exec: '/bin/echo', argv: ['new'] } }] })).toBe(204);
    const afterPut = await ids(admin);
    expect(afterPut).toEqual(expect.arrayContaining([hers, his]));
    expect(afterPut).not.toContain(own);
    expect(await statusAs(bob, 'DELETE', list)).toBe(204);
    expect(await statusAs(admin, 'DELETE', list)).toBe(204);
    expect(await ids(admin)).toContain(hers);
    expect(await ids(admin)).not.toContain(his);
    expect(await statusAs(alice, 'DELETE', list)).toBe(204);
    expect(await ids(admin)).toEqual([]);
  });

  test('each role may do what those before it may, and one thing more; the rest is 403', async () => {
    const shared = await create(admin, 'for all', { visibility: 'shared' });
    const may: Record<string, number[]> = {};
    for (const role of ['viewer', 'runner', 'author', 'admin']) {
      const login = `a-${role}:pw`;
      await server.user(login, role);
      const read = await statusAs(login, 'GET', `${list}${shared}/`);
      const executed = await statusAs(login, 'POST', `${list}${shared}/execute/`);
      may[role] = [read, executed, await statusAs(login, 'POST', list, replacement), await statusAs(login, 'GET', '/api/user/')];
    }
    const [viewer, runner, author] = [403, 200, 200].map((second, index) => [200, second, index < 2 ? 403 : 201, 403]);
    expect(may).toEqual({ viewer, runner, author, admin: [200, 200, 201, 200] });
  });

  test.each(['?name=a', '?limit=0', '?x', '?='])('DELETE of the list with %s is 400 and deletes nothing', async (query) => {
    const id = await create(alice, 'kept');
    for (const path of [list, list.slice(0, -1)]) expect(await statusAs(alice, 'DELETE', `${path}${query}`)).toBe(400);
    expect(await ids(alice)).toContain(id);
  });
});
