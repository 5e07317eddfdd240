import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newJob, remove, start, startQuiet, upload, waitFor } from '../support/jobs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const get = (path: string) => server.send({ path });
const post = (path: string, body?: unknown) => server.send({ method: 'POST', path, body });
const stateOf = async (job: string) => (await get(`${job}/info`)).json.state;

describe('what the router says of itself', () => {
  test('GET /info names it and its platform', async () => {
    const { status, json, headers } = await get('/info');
    expect([status, headers['cache-control'], headers.expires]).toEqual([200, 'no-store, must-revalidate', '0']);
    expect(Object.keys(json.auth)).toEqual(['uid', 'name']);
    expect(json.platform).toMatchObject({ system: 'Linux', node: hostname(), release: expect.any(String), machine: expect.any(String) });
    expect(Object.keys(json.platform)).toEqual(['system', 'node', 'release', 'version', 'machine', 'processor']);
  });

  test('GET /connections lists the agents, and no token', async () => {
    const { json } = await get('/connections');
    expect(json.connections).toEqual([
      {
        uid: expect.stringMatching(/^[0-9a-f]{32}$/),
        mode: 'SERVER',
        peer: expect.objectContaining({ auth: { uid: 'local', name: hostname() } }),
      },
    ]);
    expect(JSON.stringify(json)).not.toContain('token');
  });

  test('POST /shutdown ends it with exit code 0, and only for an admin', async () => {
    const other = await startServer();
    await other.user('author:pw', 'author');
    expect((await other.send({ method: 'POST', path: '/shutdown', login: 'author:pw' })).status).toBe(403);
    const ended = new Promise((resolve) => other.process.once('exit', resolve));
    expect(await other.send({ method: 'POST', path: '/shutdown' })).toMatchObject({ status: 200, text: '' });
    expect(await ended).toBe(0);
    await other.stop();
  });
});

describe('creating a job', () => {
  test('gives its info, with the path of everything else', async () => {
    const { status, json, headers } = await post('/jobs/create', { agent: { type: 'uid', uid: 'local' }, name: 'test job' });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/json', 'no-store, must-revalidate']);
    expect(json).toEqual({
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'test job',
      state: 'NEW',
      sender: { direction: 'CLIENT', uid: 'local', name: hostname() },
      path: expect.stringMatching(new RegExp(`^/jobs/[0-9a-f]{32}/${json.uid}$`)),
      agent: { platform: expect.objectContaining({ system: 'Linux' }), properties: {} },
    });
    expect((await get(`${json.path}/info`)).json).toEqual(json);
    expect((await post('/jobs/create', { agent: { type: 'select', uids: ['ghost', 'local'] }, name: '' })).json.name).toBe('<unnamed job>');
  });

  test.each([
    [404, "no connected agent with uid 'ghost'", { agent: { type: 'uid', uid: 'ghost' }, name: 'x' }],
    [403, 'CALLBACK_HOSTS', { agent: { type: 'address', address: '127.0.0.1:1', token: 't' }, name: 'x' }],
    [400, 'Invalid request', { agent: { type: 'address', address: '127.0.0.1:1' }, name: 'x' }],
    [400, 'is no host:port', { agent: { type: 'address', address: 'a b', token: 't' }, name: 'x' }],
    [400, 'Invalid request', { agent: { type: 'uid', uid: '' }, name: 'x' }],
    [400, 'Invalid request', { agent: { type: 'select', uids: [] }, name: 'x' }],
    [400, 'Invalid request', { agent: { type: 'magic' }, name: 'x' }],
    [400, 'Invalid request', { name: 'x' }],
    [400, 'Invalid request', { agent: { type: 'uid', uid: 'local' } }],
    [400, 'Invalid request', { agent: { type: 'uid', uid: 'local' }, name: 1 }],
    [400, 'Invalid request', { agent: { type: 'uid', uid: 'local' }, name: 'x', more: 1 }],
    [400, 'must be a JSON object', []],
  ])('is refused with %i: %s', async (status, words, body) => {
    const answer = await post('/jobs/create', body);
    expect([answer.status, answer.json.detail], answer.text).toEqual([status, expect.stringContaining(words)]);
    expect(answer.headers['cache-control']).toBe('no-store, must-revalidate');
  });

  test('bad JSON is a 400 that says where, not a 500', async () => {
    const answer = await server.send({
      method: 'POST',
      path: '/jobs/create',
      headers: { 'content-type': 'application/json' },
      body: '{"a":,}',
    });
    expect([answer.status, answer.json.code, answer.json.column]).toEqual([400, 'invalid_json', 6]);
  });
});

describe('a job that listens nowhere', () => {
  test('is NEW, RUNNING, FINISHED, and a 404 once it is removed', async () => {
    const job = await newJob(server);
    const started = await startQuiet(server, job, 'echo said; echo wrong >&2; exit 3', {
      name: 'of the README',
      cwd: null,
      forward_stdout: false,
    });
    expect([started.status, started.json.state], started.text).toEqual([200, 'RUNNING']);
    expect((await waitFor(server, job)).state).toBe('FINISHED');
    expect((await get(`${job}/file/.pagent.stdout`)).text).toBe('said\n');
    expect((await get(`${job}/file/.pagent.stderr`)).text).toBe('wrong\n');
    expect((await remove(server, job)).state).toBe('FINISHED');
    for (const [method, what] of [
      ['GET', 'info'],
      ['POST', 'wait'],
      ['POST', 'remove'],
      ['GET', 'archive'],
      ['GET', 'file/x'],
      ['GET', 'http/'],
    ]) {
      const gone = await server.send({ method, path: `${job}/${what}` });
      expect([what, gone.status, gone.json.detail]).toEqual([what, 404, `job '${job.split('/')[3]}' is not found`]);
    }
  });

  test('is a 404 that says so when its id is unknown or of another connection', async () => {
    const job = await newJob(server);
    const [, , connection, uid] = job.split('/');
    expect((await get(`/jobs/ghost/${uid}/info`)).json).toMatchObject({ status: 404, detail: "connection 'ghost' is not found" });
    expect((await get(`/jobs/${connection}/ghost/info`)).json).toMatchObject({ status: 404, detail: "job 'ghost' is not found" });
    const run = await post('/api/run/', { exec: '/bin/true' });
    expect((await get(`/jobs/${connection}/${run.json.id.replaceAll('-', '')}/info`)).status).toBe(404);
    const wrong = await post(`${job}/info`);
    expect([wrong.status, wrong.headers.allow]).toEqual([405, expect.stringContaining('GET')]);
  });

  test('tells its end to three clients that wait; while it is NEW, waiting is answered at once', async () => {
    const job = await newJob(server);
    expect((await waitFor(server, job)).state).toBe('NEW');
    await startQuiet(server, job, 'until [ -e go ]; do sleep 0.05; done');
    const waiting = [1, 2, 3].map(() => waitFor(server, job));
    expect((await upload(server, job, 'go', '')).status).toBe(200);
    expect((await Promise.all(waiting)).map(({ state }) => state)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
  });

  test('that is removed while it runs is answered as RUNNING and killed, and a client that waits gets FINISHED', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, 'trap "" TERM; echo ready; while :; do sleep 0.1; done');
    await expect.poll(async () => (await get(`${job}/file/.pagent.stdout`)).text).toBe('ready\n');
    const waiting = waitFor(server, job);
    expect((await remove(server, job)).state).toBe('RUNNING');
    expect((await waiting).state).toBe('FINISHED');
    expect((await get(`${job}/info`)).status).toBe(404);
  });

  test('gets its arguments and variables as they are, also names and values beyond ASCII', async () => {
    const job = await newJob(server);
    const script = 'import os, sys; print(ascii([sys.argv[1:], os.environ["Ключ"], os.environ["B"]]))';
    await start(server, job, ['python3', '-c', script, '${port}', '-x', 'ä b'], {
      env: { Ключ: 'Значение', B: '$HOME ${port}' },
      port_expected_count: 0,
    });
    await waitFor(server, job);
    const { text } = await get(`${job}/file/.pagent.stdout`);
    expect(text).toBe(
      String.raw`[['$%', '-x', '\xe4 b'], '\u0417\u043d\u0430\u0447\u0435\u043d\u0438\u0435', '$HOME $%']|`
        .replaceAll('%', '{port}')
        .replace('|', '\n'),
    );
  });

  test('can be started only once', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, 'true');
    const again = await startQuiet(server, job, 'true');
    expect([again.status, again.json.code]).toEqual([409, 'wrong_state']);
  });

  test('runs in its folder, or in one inside of it', async () => {
    const job = await newJob(server);
    await upload(server, job, 'in/side', 'x');
    await startQuiet(server, job, 'ls; basename "$PWD"', { cwd: 'in' });
    await waitFor(server, job);
    expect((await get(`${job}/file/.pagent.stdout`)).text).toBe('side\nin\n');
  });
});

describe('a start that fails', () => {
  test.each([
    ['args is missing', { env: {} }],
    ['env is missing', { args: ['true'] }],
    ['args is empty', { args: [], env: {} }],
    ['an argument is a number', { args: ['true', 1], env: {} }],
    ['a variable is a number', { args: ['true'], env: { A: 1 } }],
    ['a name has =', { args: ['true'], env: { 'A=B': 'c' } }],
    ['cwd is absolute', { args: ['true'], env: {}, cwd: '/tmp' }],
    ['cwd leads out', { args: ['true'], env: {}, cwd: '../x' }],
    ['two ports are expected', { args: ['true'], env: {}, port_expected_count: 2 }],
    ['a key is unknown', { args: ['true'], env: {}, more: 1 }],
  ])('with a 400 when %s, and the job is still NEW', async (_what, body) => {
    const job = await newJob(server);
    const { status, json } = await post(`${job}/start`, body);
    expect([status, json.detail]).toEqual([400, expect.stringContaining('Invalid request')]);
    expect(await stateOf(job)).toBe('NEW');
  });

  test('says why: a missing program, or an end before the call-back, with the output', async () => {
    const none = await newJob(server);
    const missing = await start(server, none, ['/no/such/program']);
    expect([missing.status, missing.json.code, await stateOf(none)]).toEqual([422, 'spawn_error', 'FINISHED']);
    const early = await newJob(server);
    const ended = await start(server, early, ['/bin/sh', '-c', 'echo broken >&2; exit 3']);
    expect(ended.json).toMatchObject({ status: 422, code: 'exit', exit_code: 3, stderr: 'broken\n' });
    const quiet = await newJob(server);
    expect((await start(server, quiet, ['true'])).json).toMatchObject({ status: 422, code: 'port_missing' });
    expect(await stateOf(quiet)).toBe('FINISHED');
  });

  test.concurrent('when the call-back with the port does not come within 30 s: the job is killed', { timeout: 45_000 }, async () => {
    const job = await newJob(server);
    const began = performance.now();
    const starting = start(server, job, ['sleep', '600']);
    await expect.poll(() => stateOf(job)).toBe('PENDING');
    const early = await get(`${job}/http/`);
    expect([early.status, early.json.code, early.headers['retry-after']]).toEqual([503, 'port_not_ready', '1']);
    const { json } = await starting;
    expect(json).toMatchObject({ status: 422, code: 'port_missing', detail: expect.stringContaining('30 s') });
    expect(performance.now() - began).toBeGreaterThan(29_900);
    expect(performance.now() - began).toBeLessThan(33_000);
    expect(await stateOf(job)).toBe('FINISHED');
  });
});
