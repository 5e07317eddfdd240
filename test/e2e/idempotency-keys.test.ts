// The Idempotency-Key of every POST that creates something: a repetition gets the first answer, and nothing is created twice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash } from '../support/code.js';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer, Sent } from '../support/http.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';

/** Every POST that creates something, or sends a message: each takes an Idempotency-Key. */
const creating = [
  ...['/api/process_definition/', '/api/process_definition/{ref}/execute/', '/api/run/', '/api/run/{id}/message/', '/api/binding/'],
  '/api/run/{id}/rerun/',
  ...['/api/stream/{name}/', '/api/user/', '/api/user/{ref}/token/', '/api/token/', '/run/', '/api_v1/run/', '/process/', '/jobs/create/'],
  ...['/call/{ref}/', '/call/{ref}/{second}/', '/call/{ref}/{second}/{file}/'],
];
/** Those that only look, or act on what is there. */
const others = [
  ...['/api/process_definition/validate/', '/api/process_definition/{ref}/explain/', '/api/process_definition/{ref}/selftest/'],
  ...['/api/process_definition/{ref}/revisions/{revision}/restore/', '/api/run/{id}/start/', '/api/run/{id}/stop/'],
  ...['/api/run/{id}/signal/', '/api/server/stop-runs/', '/shutdown/', '/api/session/', '/api/ticket/', '/api/run/{id}/page/'],
  // an import that is repeated changes nothing; a tool's call is no resource
  ...['/api/import/{kind}/', '/mcp/', '/mcp/{tag}/'],
  ...['start', 'wait', 'remove', 'archive', 'file/{path}', 'wsconnect', 'wsconnect/{path}'].map((act) => `/jobs/{agent}/{job}/${act}/`),
];
const ended = (path: string) => `${path.replace(/\/?$/, '/')}`;
/** What a program decides about. */
const isProxy = (path: string) => path.includes('/http') || path.includes('/proxy');

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  let echo: string;
  let keys = 0;

  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    echo = await defined(server, shell('cat', { name: 'echo' }));
  });
  afterAll(() => server.stop());

  const newKey = () => `${database} ${++keys}`;
  const post = (path: string, body: unknown, key?: string, more: Partial<Sent> = {}): Promise<Answer> =>
    server.send({
      method: 'POST',
      path,
      body,
      ...more,
      headers: { ...more.headers, ...(key !== undefined && { 'idempotency-key': key }) },
    });
  const count = async (path: string): Promise<number> => (await server.send({ path })).json.objects.length;

  test('every POST is known here, and those that create something document the key', async () => {
    const { paths } = (await server.send({ path: '/docs-json' })).json as {
      paths: Record<string, { post?: { parameters?: { name: string }[] } }>;
    };
    const posts = Object.entries(paths).filter(([path, { post }]) => post && !isProxy(path));
    expect(posts.map(([path]) => ended(path)).sort()).toEqual([...creating, ...others].sort());
    const keyed = posts.filter(([, { post }]) => post?.parameters?.some(({ name }) => name === 'Idempotency-Key'));
    expect(keyed.map(([path]) => ended(path)).sort()).toEqual([...creating].sort());
  });

  /** What is created, and where it is listed. */
  const things: [name: string, path: string, body: () => object, listed: string][] = [
    ['a definition', list, () => ({ definition: { exec: '/bin/true', name: 'once' } }), `${list}?name=once`],
    ['a definition without a name', list, () => ({ definition: { exec: '/bin/nameless' } }), `${list}?exec=/bin/nameless`],
    ['a user', '/api/user/', () => ({ username: 'once', password: 'a password', role: 'viewer' }), '/api/user/'],
    ['a binding', '/api/binding/', () => ({ definition: echo, input: { stream: 'once' }, enabled: false }), '/api/binding/'],
    ['a run of a command', '/api/run/', () => ({ exec: '/bin/echo', argv: ['x'] }), '/api/run/'],
    ['a run of a definition', '/api/run/', () => ({ definition: echo, message: 'hi' }), '/api/run/'],
    ['a run that waits for its start', '/api/run/', () => ({ definition: echo, start: false }), '/api/run/'],
  ];

  test.each(things)('%s is created once, and each repetition gets its status and address', async (_name, path, body, listed) => {
    const [key, before] = [newKey(), await count(listed)];
    const answers = [...(await Promise.all(Array.from({ length: 3 }, () => post(path, body(), key)))), await post(path, body(), key)];
    expect(answers[0].headers.location).toMatch(/^\/api\/\w+\/[\w-]+\/$/);
    const first = [201, answers[0].headers.location];
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual(answers.map(() => first));
    expect(await count(listed)).toBe(before + 1);
    const other = await post(path, { ...body(), priority: 1 }, key);
    expect([400, 422]).toContain(other.status);
    expect((await post(`${path}?a=1`, body(), key)).json.code).toBe('idempotency_mismatch');
    expect(await count(listed)).toBe(before + 1);
  });

  test('the repetition has the body of the first answer while the thing exists, and its address afterwards', async () => {
    const body = { username: 'gone', password: 'a password', role: 'viewer' };
    const key = newKey();
    const first = await post('/api/user/', body, key);
    expect((await post('/api/user/', body, key)).json).toEqual(first.json);
    expect((await post('/api/user/', { ...body, password: 'another one' }, key)).json.code).toBe('idempotency_mismatch');
    expect((await server.send({ method: 'DELETE', path: String(first.headers.location) })).status).toBe(204);
    const again = await post('/api/user/', body, key);
    expect([again.status, again.headers.location, again.text]).toEqual([201, first.headers.location, '']);
    const wanted = { prefer: 'return=representation' };
    const definition = { definition: { exec: '/bin/true', name: 'shown' } };
    const shown = newKey();
    const [one, two] = [await post(list, definition, shown, { headers: wanted }), await post(list, definition, shown, { headers: wanted })];
    expect([two.status, two.json]).toEqual([201, one.json]);
  });

  test('a token is not created again, and not shown again', async () => {
    const key = newKey();
    const first = await post('/api/token/', { name: 'ci' }, key);
    expect([first.status, first.headers.location]).toEqual([201, `/api/token/${first.json.id}/`]);
    expect(await post('/api/token/', { name: 'ci' }, key)).toMatchObject({
      status: 409,
      json: { code: 'already_created', id: first.json.id },
    });
    expect(await count('/api/token/')).toBe(1);
    const ofUser = newKey();
    const { headers, json } = await post('/api/user/admin/token/', { name: 'ci' }, ofUser);
    expect((await post('/api/user/admin/token/', { name: 'ci' }, ofUser)).json).toMatchObject({ code: 'already_created', id: json.id });
    expect((await server.send({ method: 'DELETE', path: headers.location as string })).status).toBe(204);
  });

  test('a message is published once', async () => {
    const binding = { definition: echo, input: { stream: `in-${database}` } };
    expect((await post('/api/binding/', binding)).status).toBe(201);
    const key = newKey();
    const publish = (body: string) => post(`/api/stream/in-${database}/`, body, key);
    expect((await Promise.all([publish('one'), publish('one'), publish('one')])).map(({ status }) => status)).toEqual([202, 202, 202]);
    expect((await publish('two')).json.code).toBe('idempotency_mismatch');
    const byStream = async () =>
      (await runsOf(server, echo)).filter(({ trigger }: { trigger: { type: string } }) => trigger.type === 'binding').length;
    await expect.poll(byStream).toBe(1);
    expect((await publish('one')).status).toBe(202);
    expect(await byStream()).toBe(1);
  });

  test('a request that failed has not used its key', async () => {
    const key = newKey();
    const taken = { username: 'admin', password: 'a password', role: 'viewer' };
    expect((await post('/api/user/', taken, key)).json.code).toBe('name_taken');
    expect((await post('/api/user/', { ...taken, username: `free-${database}` }, key)).status).toBe(201);
  });

  test('a key has 1 to 255 characters, and all of them count', async () => {
    const longest = 'ä'.repeat(254);
    const bytes = (text: string) => Buffer.from(text).toString('latin1');
    const runs = ['a', 'b'].map((last) => post(`${echo}execute/`, last, bytes(longest + last)));
    expect((await Promise.all(runs)).map(({ status, text }) => [status, text])).toEqual([
      [200, 'a'],
      [200, 'b'],
    ]);
    for (const path of [`${echo}execute/`, list, '/api/run/', '/api/binding/', '/api/stream/x/', '/api/user/', '/api/token/', '/run']) {
      for (const wrong of ['', bytes(`${longest}ab`)]) {
        const body = path === '/run' ? { image: 'x', payload: bash('true') } : wrongBody(path);
        expect([path, (await post(path, body, wrong)).status]).toEqual([path, 400]);
      }
    }
  });

  /** A body that is valid, so that only the key is wrong. */
  function wrongBody(path: string): unknown {
    return things.find(([, address]) => address === path)?.[2]() ?? (path === '/api/token/' ? { name: 'x' } : 'x');
  }

  test('a run that was removed is a 410 that names it', async () => {
    const cases: [string, unknown][] = [
      [`${echo}execute/`, 'gone'],
      ['/api/run/', { definition: echo, message: 'gone' }],
    ];
    for (const [path, body] of cases) {
      const key = newKey();
      const id = (await post(path, body, key)).headers['run-id'];
      await server.send({ path: `/api/run/${id}/wait/` });
      expect((await server.send({ method: 'DELETE', path: `/api/run/${id}/` })).status).toBe(204);
      expect(await post(path, body, key)).toMatchObject({ status: 410, headers: { 'run-id': id }, json: { code: 'run_gone', run_id: id } });
    }
  });
});
