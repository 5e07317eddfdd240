// With -selftest=1 a definition is saved only when its examples pass; a failure leaves everything as it was.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { defined, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const tested = '?-selftest=1';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ ISOLATION: 'process' });
});

afterAll(async () => {
  await server.stop();
});

const removing = (letter: string, expect: string, more: object = {}) => ({
  definition: { exec: '/usr/bin/tr', argv: ['-d', letter], examples: [{ message: 'axbxc', expect }], ...more },
});
const whole = { prefer: 'return=representation' };
const runsNow = async () => (await server.send({ path: '/api/run/?limit=1' })).json.meta.total_count;
const definitions = async () => (await server.send({ path: `${list}?limit=0` })).json.objects;

test('A new definition is created when its examples pass, and the answer says what was tested', async () => {
  const plain = await server.send({ method: 'POST', path: list + tested, body: removing('x', 'abc') });
  expect([plain.status, plain.text, plain.headers['self-test']]).toEqual([201, '', 'passed=1']);
  const { status, json } = await server.send({ method: 'PUT', path: `${list}tr/${tested}`, headers: whole, body: removing('x', 'abc') });
  expect(status).toBe(201);
  expect(json.selftest).toMatchObject({ passed: true, examples: [{ path: 'examples[0]', output: 'abc' }] });
  const run = (await server.send({ path: json.selftest.examples[0].run })).json;
  expect(run).toMatchObject({ definition: null, definition_name: 'tr', revision: null, trigger: { type: 'selftest' }, owner: 'admin' });
});

test('A definition whose example fails is not created', async () => {
  const before = await definitions();
  for (const [method, path] of [
    ['POST', list],
    ['PUT', `${list}nothing/`],
  ]) {
    const { status, json } = await server.send({ method, path: path + tested, body: removing('y', 'abc') });
    expect([status, json.code, json.error]).toEqual([422, 'selftest_failed', 'nothing was saved: its example failed']);
    expect(json.faults).toEqual([{ path: 'examples[0]', message: 'in line 1 of the output: expected "abc", got "axbxc"' }]);
    expect(json.examples).toMatchObject([{ passed: false, expect: 'abc', output: 'axbxc', run: expect.stringMatching(/^\/api\/run\//) }]);
  }
  expect(await definitions()).toEqual(before);
});

test('A change whose example fails leaves the former revision as it was', async () => {
  const path = await defined(server, removing('x', 'abc').definition);
  const before = await server.send({ path });
  for (const method of ['PUT', 'PATCH'])
    expect((await server.send({ method, path: path + tested, body: removing('y', 'abc') })).json.code).toBe('selftest_failed');
  const after = await server.send({ path });
  expect([after.text, after.headers.etag]).toEqual([before.text, before.headers.etag]);
  expect((await server.send({ path: `${path}revisions/` })).json.objects).toHaveLength(1);
  expect((await server.send({ path: `/api/run/?definition=${path}` })).json.objects).toEqual([]);
  const changed = await server.send({ method: 'PATCH', path: path + tested, headers: whole, body: removing('b', 'axxc') });
  expect([changed.status, changed.json.selftest.passed]).toEqual([202, true]);
});

test('A former version is restored only when its examples pass', async () => {
  const path = await defined(server, removing('x', 'wrong').definition);
  for (const letter of ['b', 'c']) await server.send({ method: 'PUT', path, body: removing(letter, letter === 'b' ? 'axxc' : 'axbx') });
  const restore = (revision: number) => server.send({ method: 'POST', path: `${path}revisions/${revision}/restore/${tested}` });
  expect((await restore(1)).json).toMatchObject({ code: 'selftest_failed', faults: [{ path: 'examples[0]' }] });
  expect((await server.send({ path })).json.definition.argv).toEqual(['-d', 'c']);
  const { status, json, headers } = await restore(2);
  expect([status, headers['self-test'], json.selftest.passed, json.definition.argv]).toEqual([200, 'passed=1', true, ['-d', 'b']]);
});

test.runIf(process.getuid?.() === 0)('The examples of a definition with run_as run as that user, for admins alone', async () => {
  const own = await startServer({ RUN_AS_USERS: 'nobody' });
  try {
    const body = { definition: { exec: '/usr/bin/id', argv: ['-un'], run_as: 'nobody', examples: [{ expect: 'nobody\n' }] } };
    const { status, json } = await own.send({ method: 'POST', path: list + tested, headers: whole, body });
    expect([status, json.selftest?.passed], JSON.stringify(json)).toEqual([201, true]);
    await own.user('author:pw', 'author');
    expect((await own.send({ method: 'POST', path: list + tested, login: 'author:pw', body })).status).toBe(403);
    expect((await own.send({ path: '/api/run/' })).json.meta.total_count).toBe(1);
  } finally {
    await own.stop();
  }
});

test('What would be refused is refused before anything runs', async () => {
  await server.send({ method: 'PUT', path: `${list}taken/`, body: removing('x', 'abc') });
  const before = await runsNow();
  const refusals: [object, number, string][] = [
    [{ method: 'POST', path: list + tested, body: { definition: { argv: 3 } } }, 400, 'invalid_definition'],
    [{ method: 'POST', path: list + tested, body: removing('x', 'abc', { name: 'taken' }) }, 409, 'name_taken'],
    [
      { method: 'PUT', path: `${list}taken/${tested}`, headers: { 'if-match': '"no"' }, body: removing('x', 'abc') },
      412,
      'precondition_failed',
    ],
    [{ method: 'PUT', path: `${list}new/${tested}`, headers: { 'if-match': '*' }, body: removing('x', 'abc') }, 412, 'precondition_failed'],
    [
      { method: 'PUT', path: list + tested, headers: { 'if-match': '"no"' }, body: { objects: [removing('x', 'abc')] } },
      412,
      'precondition_failed',
    ],
    [{ method: 'POST', path: `${list}?-selftst=1`, body: removing('x', 'abc') }, 400, 'invalid_request'],
    [{ method: 'POST', path: `${list}?-selftest=yes`, body: removing('x', 'abc') }, 400, 'invalid_request'],
    [{ method: 'POST', path: list + tested, body: removing('x', 'abc', { run_as: 'nobody' }) }, 400, 'invalid_definition'],
  ];
  for (const [sent, status, code] of refusals) {
    const answer = await server.send(sent as Parameters<TestServer['send']>[0]);
    expect([answer.status, answer.json.code], answer.text).toEqual([status, code]);
  }
  expect(await runsNow()).toBe(before);
});

test('A user without the right to save runs nothing', async () => {
  const before = await runsNow();
  const [runner, author] = [await newUser(server, 'runner'), await newUser(server, 'author')];
  const shared = await defined(server, { ...removing('x', 'abc').definition, visibility: 'shared' });
  const as = (user: string, method: string, path: string, more = {}) =>
    server.send({ method, path: path + tested, login: `${user}:pw`, body: removing('x', 'abc', more) });
  expect((await as(runner, 'POST', list)).status).toBe(403);
  expect((await as(author, 'PUT', shared)).status).toBe(403);
  expect((await as(author, 'POST', list, { run_as: 'nobody' })).status).toBe(403);
  expect(await runsNow()).toBe(before);
});

test('What changes while the examples run is not overwritten', async () => {
  const path = await defined(server, removing('x', 'abc').definition);
  const { etag } = (await server.send({ path })).headers;
  const slow = { definition: { ...shell('sleep 1'), examples: [{}] } };
  const late = server.send({ method: 'PUT', path: path + tested, headers: { 'if-match': String(etag) }, body: slow });
  await expect.poll(async () => (await server.send({ path: '/api/run/?state=running' })).json.meta.total_count).toBe(1);
  expect((await server.send({ method: 'PATCH', path, body: removing('b', 'axxc') })).status).toBe(202);
  expect((await late).json.code).toBe('precondition_failed');
  expect((await server.send({ path })).json.definition.argv).toEqual(['-d', 'b']);
});

test('The same request with the same key is tested once', async () => {
  const sent = { method: 'POST', path: list + tested, headers: { 'idempotency-key': 'once' }, body: removing('x', 'abc') };
  const first = await server.send(sent);
  const before = await runsNow();
  const again = await server.send(sent);
  expect([again.status, again.headers.location]).toEqual([201, first.headers.location]);
  expect(await runsNow()).toBe(before);
  const failing = { ...sent, headers: { 'idempotency-key': 'failing' }, body: removing('y', 'abc') };
  for (let tries = 1; tries <= 2; tries++) expect((await server.send(failing)).json.code).toBe('selftest_failed');
});

test('A list is saved as a whole or not at all, and each failure names its place', async () => {
  const author = await newUser(server, 'author');
  const as = (method: string, objects: object[], headers = {}) =>
    server.send({ method, path: list + tested, login: `${author}:pw`, headers, body: { objects } });
  const own = async () => (await server.send({ path: list, login: `${author}:pw` })).json.objects;
  const good = await as('PUT', [removing('x', 'abc', { name: 'one' }), removing('b', 'axxc', { name: 'two' })], whole);
  expect([good.status, good.headers['self-test']]).toEqual([200, 'passed=2']);
  expect(good.json.objects[1].selftest.examples).toMatchObject([{ path: 'objects[1].examples[0]', passed: true }]);
  const before = await own();
  for (const method of ['PUT', 'PATCH']) {
    const { status, json } = await as(method, [removing('x', 'abc'), removing('x', 'wrong')]);
    expect([status, json.error]).toEqual([422, 'nothing was saved: 1 of 2 examples failed']);
    expect(json.faults).toMatchObject([{ path: 'objects[1].examples[0]' }]);
  }
  expect(await own()).toEqual(before);
  const many = { definition: { exec: '/bin/true', examples: Array.from({ length: 51 }, () => ({})) } };
  expect((await as('PATCH', [many, many])).json.error).toMatch(/^at most 100 examples are run before a write, got 102/);
});

test('What cannot be tested is saved with a warning', async () => {
  const none = await server.send({ method: 'POST', path: list + tested, body: { definition: { exec: '/bin/true' } } });
  expect([none.status, none.headers['self-test'], none.headers.warning]).toEqual([
    201,
    'passed=0',
    '299 - "saved without a selftest: it has no examples"',
  ]);
  const service = { definition: { exec: '/bin/cat', process_type: 'service', examples: [{ message: 'a' }] } };
  const { json } = await server.send({ method: 'POST', path: list + tested, headers: whole, body: service });
  expect(json).toMatchObject({
    warnings: [{ path: 'examples', message: 'saved without a selftest: the examples of a service are not run' }],
    selftest: { passed: true, examples: [] },
  });
});

test('The examples run as the definition will: with its files, its port and outside of a sandbox', async () => {
  const author = await newUser(server, 'author');
  const script = '#!/bin/sh\npwd; test -r /etc/passwd\n';
  const definition = { exec: './own.sh', cwd: 'inner', files: { 'own.sh': script }, examples: [{}] };
  const { json } = await server.send({
    method: 'POST',
    path: list + tested,
    login: `${author}:pw`,
    headers: whole,
    body: { definition },
  });
  expect(json.selftest.examples).toMatchObject([{ passed: true, output: expect.stringMatching(/\/inner\n$/) }]);
  const run = (await server.send({ path: json.selftest.examples[0].run, login: adminLogin })).json;
  expect(run.isolation).toBe('process');
});

test('Examples obey max_parallel of the definition that they would change, and wait without becoming ad hoc commands', async () => {
  const login = `${await newUser(server, 'author')}:pw`;
  const path = await defined(server, { ...shell('sleep 1'), max_parallel: 1 }, login);
  const running = await server.send({ method: 'POST', path: `${path}execute/`, login, headers: { prefer: 'respond-async' } });
  const body = { definition: { exec: '/bin/true', max_parallel: 1, examples: [{}] } };
  const { json } = await server.send({ method: 'PATCH', path: path + tested, login, headers: whole, body });
  const former = (await server.send({ path: running.json.resource_uri })).json;
  const tried = (await server.send({ path: json.selftest.examples[0].run })).json;
  expect([former.state, tried.isolation]).toEqual(['finished', 'process']);
  expect(Date.parse(tried.started_at)).toBeGreaterThanOrEqual(Date.parse(former.finished_at));
});
