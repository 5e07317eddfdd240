// The registry over HTTP: versions, conditions, sizes, transactions, filters, what is given back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer, Sent } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const definition = (more: object = {}) => ({ definition: { exec: '/bin/echo', ...more } });
const named = (names: string[]) => ({ objects: names.map((name) => definition({ name })) });
const namesOf = ({ json }: Answer): string[] => json.objects.map((one: { definition: { name: string } }) => one.definition.name);
const range = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** query -> the names that it finds, of a: /bin/Cat on x; b: /bin/cat, a service; c: '/opt/cat ' on y. */
const filters = `name=b -> b; name=B -> ; name__in=a,c -> a c; name__gt=a -> b c; name__range=a,b -> a b; name__contains=b -> b
exec=/bin/cat -> b; exec=/opt/cat -> ; exec__startswith=/bin -> a b; exec__contains=Cat -> a; exec__contains=%25 -> ; exec__lt=/bin/d -> a b
application=host -> b; application__in=x,y -> a c; process_type=service -> b; process_type=single&name__gte=c -> c
id=MIDDLE -> b; id__lt=MIDDLE -> a; id__lte=MIDDLE -> a b; id__gte=MIDDLE -> b c; id__in=MIDDLE,999999 -> b; id__range=MIDDLE,999999 -> b c
order_by=-name -> c b a; order_by=exec -> a b c; order_by=process_type,-application -> b c a; order_by=id -> a b c
order_by=-id -> c b a`;

const slashless =
  'GET ONE 200; GET ONE/revisions 200; GET ONE/revisions/1 200; GET ONE/explain 200; POST ONE/revisions/1/restore 200; GET LIST 200; ' +
  'GET LIST/schema 200; GET LIST/set/1 200; POST LIST/validate 200; PUT ONE 204; PATCH ONE 202; DELETE ONE 204; GET ONE 404; ' +
  'POST LIST 201; PUT LIST 204; PATCH LIST 202; DELETE LIST 204; DELETE LIST?x 400';

describe.each(databases)('the registry on %s', (database) => {
  let server: TestServer;
  let authors = 0;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
  });
  afterAll(async () => {
    await server.stop();
  });

  /** An author without definitions: what it sends, and what it has. */
  async function newAuthor() {
    const login = `author${++authors}:pw`;
    await server.user(login, 'author');
    const send = (sent: Sent) => server.send({ login, ...sent });
    const create = async (more: object = {}): Promise<string> => {
      const { status, headers } = await send({ method: 'POST', path: list, body: definition(more) });
      expect(status).toBe(201);
      return String(headers.location);
    };
    const names = async (query = 'limit=0') => namesOf(await send({ path: `${list}?${query}` }));
    return { send, create, names };
  }
  const json = { 'content-type': 'application/json' };
  const post = (body: string) => server.send({ method: 'POST', path: list, headers: json, body });

  test('a definition has an ETag that changes with it; If-None-Match answers 304', async () => {
    const { send, create } = await newAuthor();
    const path = await create();
    const { etag = '' } = (await send({ path })).headers;
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const known of [etag, '*', `"other", ${etag}`]) {
      const { status, text } = await send({ path, headers: { 'if-none-match': known } });
      expect([known, status, text]).toEqual([known, 304, '']);
    }
    const put = await send({ method: 'PUT', path, body: definition({ argv: ['2'] }) });
    expect(await send({ path, headers: { 'if-none-match': etag } })).toMatchObject({ status: 200, headers: { etag: put.headers.etag } });
    expect(put.headers.etag).not.toBe(etag);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('If-Match lets %s happen only on the version that it names', async (method) => {
    const { send, create } = await newAuthor();
    const path = await create();
    const { etag: old = '' } = (await send({ path })).headers;
    await send({ method: 'PUT', path, body: definition({ argv: ['2'] }) });
    const { etag: now = '', ...before } = (await send({ path })).headers;
    const change = { method, path, ...(method !== 'DELETE' && { body: definition({ argv: ['3'] }) }) };
    expect((await send({ ...change, headers: { 'if-match': old } })).status).toBe(412);
    expect((await send({ path })).headers).toMatchObject({ etag: now, 'content-length': before['content-length'] });
    expect((await send({ ...change, headers: { 'if-match': now } })).status).toBeLessThan(300);
  });

  test('If-None-Match: * makes PUT create only; If-Match makes it replace only', async () => {
    const { send, names } = await newAuthor();
    const body = definition();
    const put = (headers: Record<string, string>) => send({ method: 'PUT', path: `${list}once/`, headers, body });
    expect([(await put({ 'if-match': '*' })).status, (await put({ 'if-match': '"1.1.x"' })).status]).toEqual([412, 412]);
    expect(await names()).toEqual([]);
    expect([(await put({ 'if-none-match': '*' })).status, (await put({ 'if-none-match': '*' })).status]).toEqual([201, 412]);
    expect((await put({ 'if-match': '*' })).status).toBe(204);
  });

  test('of twenty writers with the same If-Match one succeeds', async () => {
    const { send, create } = await newAuthor();
    const path = await create();
    const headers = { 'if-match': String((await send({ path })).headers.etag) };
    const writes = range(20, 'w').map((name) => send({ method: 'PUT', path, headers, body: definition({ name }) }));
    expect((await Promise.all(writes)).map(({ status }) => status).sort()).toEqual([204, ...Array(19).fill(412)]);
  });

  test('former versions are listed, read and restored', async () => {
    const { send, create } = await newAuthor();
    const path = await create({ argv: ['1'] });
    await send({ method: 'PATCH', path, body: definition({ argv: ['2'] }) });
    const { objects } = (await send({ path: `${path}revisions/` })).json;
    expect(objects.map(({ revision }: { revision: number }) => revision)).toEqual([2, 1]);
    expect((await send({ path: objects[1].resource_uri })).json).toEqual(objects[1]);
    expect(objects[1].definition).toEqual({ exec: '/bin/echo', argv: ['1'] });
    const restored = await send({ method: 'POST', path: `${path}revisions/1/restore/` });
    expect([restored.status, restored.json.definition.argv]).toEqual([200, ['1']]);
    expect((await send({ path })).text).toBe(restored.text);
    expect((await send({ path: `${path}revisions/` })).json.objects).toHaveLength(3);
    for (const none of ['4', '0', 'x']) expect((await send({ path: `${path}revisions/${none}/` })).status).toBe(404);
  });

  test('512 levels, 900 KB and exactly 1 MiB are accepted; one byte more is 413', async () => {
    const empty = JSON.stringify(definition({ description: '' }));
    const sized = (bytes: number) => empty.replace('"description":"', `$&${'x'.repeat(bytes - empty.length)}`);
    expect((await post(`{"definition": {"exec": "/bin/x", "deep": ${'['.repeat(510)}${']'.repeat(510)}}}`)).status).toBe(201);
    for (const bytes of [900_000, 2 ** 20]) {
      const created = await post(sized(bytes));
      expect([sized(bytes).length, created.status]).toEqual([bytes, 201]);
      expect((await server.send({ path: String(created.headers.location) })).text.length).toBeGreaterThan(bytes);
    }
    expect((await post(sized(2 ** 20 + 1))).status).toBe(413);
  });

  test('HEAD answers as GET does, without the body; Last-Modified moves on when its second is over', async () => {
    const { send, create } = await newAuthor();
    for (const path of [await create(), list, `${list}schema/`]) {
      const [get, head] = [await send({ path }), await send({ method: 'HEAD', path })];
      const { date: _date, 'x-request-id': _id, 'last-modified': _modified, ...expected } = get.headers;
      expect([head.status, head.text, Object.keys(head.headers)]).toEqual([get.status, '', Object.keys(get.headers)]);
      expect(head.headers).toMatchObject(expected);
    }
  });

  test('POST with an id uses it; a second one is 409 and changes nothing', async () => {
    const { send } = server;
    const id = 70_000 + authors;
    expect((await send({ method: 'POST', path: list, body: { id, ...definition() } })).headers.location).toBe(`${list}${id}/`);
    expect((await send({ method: 'POST', path: list, body: { id, ...definition({ argv: ['2'] }) } })).status).toBe(409);
    expect((await send({ path: `${list}${id}/` })).json).toEqual({ id, resource_uri: `${list}${id}/`, ...definition() });
  });

  test('a list PUT that fails next to 100 parallel POSTs loses none of them, and is never seen half done', async () => {
    const [{ send, create, names }, other] = [await newAuthor(), await newAuthor()];
    const taken = Number(/(\d+)\/$/.exec(await other.create())?.[1]);
    const old = range(30, 'old');
    await send({ method: 'PUT', path: list, body: named(old) });
    const failing = { objects: [...named(range(30, 'half')).objects, { id: taken, ...definition() }] };
    const puts = range(5, '').map(() => send({ method: 'PUT', path: list, body: failing }));
    const posts = range(100, 'new').map((name) => create({ name }));
    const seen = range(30, '').map(() => names());
    for (const { status } of await Promise.all(puts)) expect(status).toBe(409);
    for (const one of await Promise.all(seen)) {
      expect(one.filter((name) => name.startsWith('old'))).toEqual(old);
      expect(one.filter((name) => name.startsWith('half'))).toEqual([]);
    }
    await Promise.all(posts);
    expect((await names()).sort()).toEqual([...old, ...range(100, 'new')].sort());
  });

  test('a client that lists while the list is replaced sees all of the old or all of the new', async () => {
    const { send } = await newAuthor();
    const sets = [range(5, 'a'), range(12, 'b')];
    await send({ method: 'PUT', path: list, body: named(sets[0]) });
    let done = false;
    const replace = async () => {
      for (let turn = 1; turn <= 40; turn++) await send({ method: 'PUT', path: list, body: named(sets[turn % 2]) });
      done = true;
    };
    const watch = async () => {
      while (!done) {
        const answer = await send({ path: `${list}?limit=0` });
        expect(sets).toContainEqual(namesOf(answer));
        expect(answer.json.meta.total_count).toBe(namesOf(answer).length);
      }
    };
    await Promise.all([replace(), watch(), watch(), watch(), watch()]);
  });

  test('a list PATCH creates, changes and deletes, all or nothing', async () => {
    const { send, create, names } = await newAuthor();
    const [changed, doomed] = [await create({ name: 'a' }), await create({ name: 'b' })];
    const objects = [{ resource_uri: changed, ...definition({ name: 'c' }) }, definition({ name: 'd' })];
    const patch = (body: object) => send({ method: 'PATCH', path: list, body });
    expect((await patch({ objects: [...objects, definition({ name: 'd' })], deleted_objects: [doomed] })).status).toBe(409);
    expect((await patch({ objects, deleted_objects: [doomed, `${list}999999/`] })).status).toBe(404);
    expect(await names()).toEqual(['a', 'b']);
    expect((await patch({ objects, deleted_objects: [doomed] })).status).toBe(202);
    expect(await names()).toEqual(['c', 'd']);
  });

  test('Prefer: return=representation gives the data back; without it a write is empty', async () => {
    const { send, create } = await newAuthor();
    const path = await create();
    const body = definition();
    for (const [method, at, full, empty] of [
      ['POST', list, 201, 201],
      ['PUT', path, 200, 204],
      ['PATCH', path, 202, 202],
    ] as const) {
      const { status, headers, json } = await send({ method, path: at, body, headers: { prefer: 'return=representation' } });
      expect([status, headers['preference-applied'], headers['content-type']]).toEqual([full, 'return=representation', 'application/json']);
      expect(json).toEqual((await send({ path: json.resource_uri })).json);
      expect(await send({ method, path: at, body })).toMatchObject({ status: empty, text: '' });
    }
  });

  test.each(filters.split('\n'))('the list filtered or ordered by %s', async (line) => {
    const { send, create, names } = await newAuthor();
    await create({ name: 'a', exec: '/bin/Cat', application: 'x' });
    const middle = String(/(\d+)\/$/.exec(await create({ name: 'b', exec: '/bin/cat', process_type: 'service' }))?.[1]);
    await create({ name: 'c', exec: '/opt/cat ', application: 'y' });
    for (const row of line.split('; ')) {
      const [query, expected] = row.replace('MIDDLE', middle).split(' -> ');
      expect([query, (await names(query)).join(' ')]).toEqual([query, expected]);
    }
    for (const bad of ['id=x', 'id__contains=1', 'order_by=nothing', 'limit=x', 'limit=-1'])
      expect((await send({ path: `${list}?${bad}` })).status).toBe(400);
  });

  test('X-HTTP-Method-Override turns an authenticated POST into what it names, and nothing else', async () => {
    const { send, create, names } = await newAuthor();
    const path = await create({ name: 'a' });
    const override = (method: string) => ({ 'x-http-method-override': method });
    expect((await send({ method: 'POST', path, headers: override('PATCH'), body: definition({ name: 'b' }) })).status).toBe(202);
    expect((await send({ path, headers: override('DELETE') })).status).toBe(200);
    expect((await send({ method: 'POST', path, headers: override('DELETE'), login: '' })).status).toBeGreaterThanOrEqual(401);
    expect(await names()).toEqual(['b']);
    expect((await send({ method: 'POST', path, headers: override('DELETE') })).status).toBe(204);
    expect(await names()).toEqual([]);
  });

  test('unknown keys are kept and given back as they came', async () => {
    const text =
      '{"exec": "/bin/echo", "zulu": {"b": [1, 2.5, null, true, "\u00e4\ud83d\ude00"], "a": {}}, "alpha": "", "args": [], "x y": -0.001}';
    const created = await post(`{"definition": ${text}}`);
    const { json } = await server.send({ path: String(created.headers.location) });
    expect(JSON.stringify(json.definition)).toBe(JSON.stringify(JSON.parse(text)));
  });

  test('every path works without its trailing slash, and what answers JSON says exactly application/json', async () => {
    const { send, create } = await newAuthor();
    const path = (await create()).slice(0, -1);
    for (const row of slashless.replaceAll('ONE', path).replaceAll('LIST', list.slice(0, -1)).split('; ')) {
      const [method, at, status] = row.split(' ');
      const body = method === 'GET' || method === 'DELETE' ? undefined : { objects: [], ...definition() };
      const answer = await send({ method, path: at, body });
      expect([row, answer.status]).toEqual([row, Number(status)]);
      if (answer.text !== '') expect([row, answer.headers['content-type']]).toEqual([row, 'application/json']);
    }
  });
});
