// Conditional requests: no write of a list or a file overwrites another, and what a client has already is not sent again.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Sent } from '../support/http.js';
import { defined, ran, shell } from '../support/programs.js';
import { createdRun, put, stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const members = (...names: string[]) => ({ objects: names.map((name) => ({ definition: { exec: '/bin/true', name } })) });

describe.each(databases)('the list of definitions on %s', (database) => {
  let server: TestServer;
  let authors = 0;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
  });
  afterAll(() => server.stop());

  async function newAuthor() {
    const login = `writer${++authors}:pw`;
    await server.user(login, 'author');
    const send = (sent: Sent) => server.send({ login, ...sent });
    const etag = async (query = '') => String((await send({ path: `${list}${query}` })).headers.etag);
    const replace = (headers: Record<string, string>, ...names: string[]) =>
      send({ method: 'PUT', path: list, headers, body: members(...names) }).then(({ status }) => status);
    return { send, etag, replace };
  }

  test('has an ETag by which a page that is the same is a 304', async () => {
    const { send, etag, replace } = await newAuthor();
    await replace({}, 'a', 'b');
    const [all, page] = [await etag(), await etag('?limit=1')];
    expect(all).not.toBe(page);
    expect(await send({ path: list, headers: { 'if-none-match': `"x", W/${all}` } })).toMatchObject({ status: 304, text: '' });
    expect((await send({ path: list, headers: { 'if-none-match': page } })).status).toBe(200);
    await defined(server, { exec: '/bin/true', visibility: 'shared' });
    expect(await etag()).not.toBe(all);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('%s happens only when no own definition has changed since the page was read', async (method) => {
    const { send, etag, replace } = await newAuthor();
    await replace({}, 'a', 'b');
    const body = method === 'DELETE' ? undefined : members(`new-${method}`);
    const change = (headers: Record<string, string>) => send({ method, path: list, headers, body }).then(({ status }) => status);
    const changes: Sent[] = [
      { method: 'PUT', path: `${list}a/`, body: { definition: { exec: '/bin/false' } } },
      { method: 'DELETE', path: `${list}b/` },
      { method: 'POST', path: list, body: { definition: { exec: '/bin/true', name: 'c' } } },
    ];
    for (const sent of changes) {
      const old = await etag('?limit=1');
      expect((await send(sent)).status).toBeLessThan(300);
      expect([await change({ 'if-match': old }), await change({ 'if-none-match': await etag() })]).toEqual([412, 412]);
    }
    const now = await etag('?limit=1');
    expect([await change({ 'if-match': `W/${now}` }), await change({ 'if-none-match': '*' })]).toEqual([412, 412]);
    expect(await change({ 'if-match': now, 'if-none-match': '"other"' })).toBeLessThan(300);
    expect([await change({ 'if-match': now }), await change({ 'if-match': '*' })]).toEqual([412, expect.any(Number)]);
  });

  test('keeps what one of twenty writers with the same If-Match has written', async () => {
    const { etag, replace } = await newAuthor();
    const headers = { 'if-match': await etag() };
    const writes = Array.from({ length: 20 }, (_, index) => replace(headers, `w${index}`));
    expect((await Promise.all(writes)).sort()).toEqual([204, ...Array(19).fill(412)]);
  });
});

describe('on SQLite', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });

  test.each(['created', 'running'])('a file of a run that is %s is put and removed only as the conditions say', async (state) => {
    const run = await createdRun(server, 'sleep 60');
    if (state === 'running') {
      await server.send({ method: 'POST', path: `${run}start/` });
      await expect.poll(async () => (await get(run)).json.state).toBe('running');
    }
    const file = `${run}files/a/b`;
    const write = (headers: Record<string, string>, body = 'x') => server.send({ method: 'PUT', path: file, headers, body });
    expect((await write({ 'if-match': '*' })).json.code).toBe('precondition_failed');
    const made = await write({ 'if-none-match': '*' }, 'one');
    expect([made.status, made.headers.etag]).toEqual([201, (await get(file)).headers.etag]);
    const old = String(made.headers.etag);
    expect((await write({ 'if-none-match': '*' }, 'two')).status).toBe(412);
    expect((await write({ 'if-match': `W/${old}` }, 'two')).status).toBe(412);
    const second = await write({ 'if-match': old, 'if-modified-since': new Date().toUTCString() }, 'two');
    expect([second.status, second.headers.etag]).toEqual([204, (await get(file)).headers.etag]);
    expect((await write({ 'if-match': old }, 'three')).status).toBe(412);
    expect((await get(file)).text).toBe('two');
    const remove = (etag: string) => server.send({ method: 'DELETE', path: file, headers: { 'if-match': etag } });
    expect([(await remove(old)).status, (await remove(String(second.headers.etag))).status]).toEqual([412, 204]);
    if (state === 'running') await stopped(server, run);
  });

  test('of twenty uploads with the same condition one is taken', async () => {
    const run = await createdRun(server, 'true');
    const uploads = (headers: Record<string, string>) =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) => server.send({ method: 'PUT', path: `${run}files/f`, headers, body: `u${index}` })),
      );
    const statuses = async (headers: Record<string, string>) => (await uploads(headers)).map(({ status }) => status).sort();
    expect(await statuses({ 'if-none-match': '*' })).toEqual([201, ...Array(19).fill(412)]);
    const { etag } = (await get(`${run}files/f`)).headers;
    expect(await statuses({ 'if-match': String(etag) })).toEqual([204, ...Array(19).fill(412)]);
  });

  test('Last-Modified is the time of a change, and If-Modified-Since answers 304 from then on', async () => {
    const definition = await defined(server, shell('echo out; echo made > made', { name: 'dated' }));
    const run = await ran(server, shell('echo out; echo made > made; touch -d 2020-01-02T03:04:05.6Z old'));
    await expect.poll(async () => (await get(run)).headers['last-modified'], { timeout: 5000 }).toBeDefined();
    // until the second of the changes is over, they are dated a second earlier
    await sleep(1000);
    for (const path of [definition, `${definition}revisions/1/`, run, `${run}output/`, `${run}files/made`]) {
      const modified = String((await get(path)).headers['last-modified']);
      const since = (value: string, more: Record<string, string> = {}) =>
        get(path, { 'if-modified-since': value, ...more }).then(({ status, headers }) => [status, headers['last-modified'] !== undefined]);
      expect([path, await since(modified)]).toEqual([path, [304, true]]);
      const earlier = new Date(Date.parse(modified) - 1000).toUTCString();
      expect([path, await since(earlier), await since('yesterday'), await since('2999-01-01T00:00:00Z')]).toEqual([
        path,
        ...Array(3).fill([200, true]),
      ]);
      expect(await since(modified, { 'if-none-match': '"other"' })).toEqual([200, true]);
      const head = await server.send({ method: 'HEAD', path, headers: { 'if-modified-since': modified } });
      expect([path, head.status]).toEqual([path, 304]);
    }
    expect((await get(`${run}files/old`)).headers['last-modified']).toBe('Thu, 02 Jan 2020 03:04:05 GMT');
    expect((await get(`${run}files/old`, { 'if-modified-since': 'Thursday, 02-Jan-20 03:04:05 GMT' })).status).toBe(304);
    expect((await get(`${run}files/old`, { 'if-modified-since': 'Thu Jan  2 03:04:04 2020' })).status).toBe(200);
  });

  test('two changes within one second are told apart', async () => {
    const run = await createdRun(server, 'true');
    for (let round = 0; round < 5; round++) {
      await put(server, `${run}files/f`, `first ${round}`);
      const modified = String((await get(`${run}files/f`)).headers['last-modified']);
      await put(server, `${run}files/f`, `second ${round}`);
      expect(await get(`${run}files/f`, { 'if-modified-since': modified })).toMatchObject({ status: 200, text: `second ${round}` });
    }
  });

  test('other methods ignore If-Modified-Since', async () => {
    const path = await defined(server, shell('true', { name: 'written' }));
    const headers = { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() };
    expect((await server.send({ method: 'PUT', path, headers, body: { definition: shell('false', { name: 'written' }) } })).status).toBe(
      204,
    );
    expect((await server.send({ method: 'DELETE', path, headers })).status).toBe(204);
  });
});
