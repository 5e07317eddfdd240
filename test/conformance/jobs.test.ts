// pRouter's own HTTP API, as its tests and its clients use it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { jobServer, newJob, openSocket, remove, runOf, servingJob, start, startQuiet, upload, waitFor } from '../support/jobs.js';
import { crash, next } from '../support/restarts.js';
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

  test('POST /shutdown ends it well, and only for an admin', async () => {
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
    [404, 'are not reached from here', { agent: { type: 'address', address: '127.0.0.1:1', token: 't' }, name: 'x' }],
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
  test('is NEW, RUNNING, FINISHED, and gone when it was removed', async () => {
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

  test('what is no job, or of another connection, is a 404 that says so', async () => {
    const job = await newJob(server);
    const [, , connection, uid] = job.split('/');
    expect((await get(`/jobs/ghost/${uid}/info`)).json).toMatchObject({ status: 404, detail: "connection 'ghost' is not found" });
    expect((await get(`/jobs/${connection}/ghost/info`)).json).toMatchObject({ status: 404, detail: "job 'ghost' is not found" });
    const run = await post('/api/run/', { exec: '/bin/true' });
    expect((await get(`/jobs/${connection}/${run.json.id.replaceAll('-', '')}/info`)).status).toBe(404);
    const wrong = await post(`${job}/info`);
    expect([wrong.status, wrong.headers.allow]).toEqual([405, expect.stringContaining('GET')]);
  });

  test('three who wait all hear of its end; a NEW one is answered at once', async () => {
    const job = await newJob(server);
    expect((await waitFor(server, job)).state).toBe('NEW');
    await startQuiet(server, job, 'until [ -e go ]; do sleep 0.05; done');
    const waiting = [1, 2, 3].map(() => waitFor(server, job));
    expect((await upload(server, job, 'go', '')).status).toBe(200);
    expect((await Promise.all(waiting)).map(({ state }) => state)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
  });

  test('removed while it runs: it is told as RUNNING, killed, and who waits hears FINISHED', async () => {
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

  test('starts once', async () => {
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

  test('says why: no such program, an end before the call-back, with what it wrote', async () => {
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

  test.concurrent('when the port is not handed over within 30 s: it is killed', { timeout: 45_000 }, async () => {
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

describe('the call-back', () => {
  const callBack = (query: string) => server.send({ path: `/job_started?${query}`, login: '' });

  test('needs no login, but a job that waits for it, and a port', async () => {
    const job = await newJob(server);
    const uid = job.split('/')[3];
    expect((await callBack(`job_id=${uid}&port=80`)).json).toMatchObject({
      status: 400,
      detail: expect.stringContaining(`job '${uid}' is not found`),
    });
    await startQuiet(server, job, 'sleep 60');
    expect((await callBack(`job_id=${uid}&port=80`)).status).toBe(400);
    expect((await callBack('job_id=ghost&port=80')).status).toBe(400);
    expect((await callBack(`job_id=${uid}&port=80&more=1`)).json.detail).toContain('too many query parameters');
    for (const port of ['', '0', '65536', '-1', '80x', '8e1'])
      expect([port, (await callBack(`job_id=${uid}&port=${port}`)).status]).toEqual([port, 400]);
    const forwarded = { 'x-forwarded-for': '10.0.0.1' };
    expect((await server.send({ path: `/job_started?job_id=${uid}&port=80`, login: '', headers: forwarded })).status).toBe(404);
    await remove(server, job);
  });

  test('counts once', async () => {
    const job = await servingJob(server);
    expect((await callBack(`job_id=${job.split('/')[3]}&port=80`)).status).toBe(400);
    await expect.poll(async () => (await get(`${job}/file/.pagent.stdout`)).text).toBe('OK\n');
    expect((await get(`${job}/http/`)).text).toBe('hello from the job');
    await remove(server, job);
  });
});

describe('a job that is a server', () => {
  let job: string;
  beforeAll(async () => {
    job = await servingJob(server);
  });
  afterAll(async () => {
    await remove(server, job);
  });

  test('is spoken with by any method, with path, repeated query keys, headers and body', async () => {
    expect((await get(`${job}/http/`)).text).toBe('hello from the job');
    expect(await get(`${job}/http/no_such_path`)).toMatchObject({ status: 404, text: 'not here' });
    expect((await get(`${job}/http`)).status).toBe(404);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const sent = {
        method,
        path: `${job}/http/a%20b/c?x=1&x=2&y=%zz`,
        headers: { TestHeader: 'in', 'content-type': 'text/x' },
        body: 'ä',
      };
      const { json, headers } = await server.send(sent);
      expect(json).toMatchObject({ method, path: '/a%20b/c?x=1&x=2&y=%zz', body: 'Ã¤' });
      expect(json.headers).toContainEqual(['testheader', 'in']);
      expect([headers.testheader, headers['cache-control']]).toEqual(['kept', 'no-store, must-revalidate']);
    }
  });

  test('has its addresses also with repeated slashes, and with one at the end', async () => {
    const doubled = job.replaceAll('/', '//');
    for (const path of [`${doubled}//info`, `${job}/info/`, `${doubled}/info//`])
      expect([path, (await get(path)).json.state]).toEqual([path, 'RUNNING']);
    expect((await get('//info//')).json.auth.uid).toBe('local');
    expect((await get(`${doubled}/http/a//b/?c=//d`)).json.path).toBe('/a//b/?c=//d');
  });

  test('takes 16.4 MB in 1000 pieces', async () => {
    const { Readable } = await import('node:stream');
    const pieces = Array.from({ length: 1000 }, () => randomBytes(16_400));
    const { json } = await server.send({ method: 'POST', path: `${job}/http/sink`, body: Readable.from(pieces) });
    expect(json.bytes).toBe(16_400_000);
  });

  test('is spoken with by WebSocket, text and binary, in order', async () => {
    const { socket: echo, heard } = await openSocket(server, `${job}/http/ws_echo`);
    const big = randomBytes(100_000);
    echo.send('text ä');
    echo.send(big);
    echo.send('last');
    await expect.poll(() => echo.bufferedAmount).toBe(0);
    echo.close();
    expect(await heard).toEqual(['text ä', big, 'last']);
    const pushed = await (await openSocket(server, `${job}/http/ws_push?n=100`)).heard;
    expect(pushed.map(String)).toEqual(Array.from({ length: 100 }, (_one, index) => `message ${index}`));
    expect(pushed.map((message) => typeof message === 'string')).toEqual(pushed.map((_one, index) => index % 2 === 0));
    await expect(openSocket(server, `${job}/http/plain`)).rejects.toThrow('502');
  });

  test('joins a WebSocket of its own with one elsewhere, where that is allowed', async () => {
    const outside = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(outside, 'listening');
    const met = once(outside, 'connection');
    const url = `ws://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    expect((await post(`${job}/wsconnect/ws_echo`, { url })).status).toBe(403);
    const open = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
    const own = await servingJob(open);
    const connect = (path: string, body: unknown) => open.send({ method: 'POST', path: `${own}/wsconnect/${path}`, body });
    expect((await connect('plain', { url })).status).toBe(400);
    expect((await connect('ws_echo', { url, more: 1 })).status).toBe(400);
    expect(await connect('ws_echo', { url })).toMatchObject({ status: 200, text: '' });
    const [socket] = (await met) as [WebSocket];
    const heard: unknown[] = [];
    socket.on('message', (data, binary) => heard.push(binary ? data : String(data)));
    const bytes = randomBytes(1000);
    socket.send('text ä');
    socket.send(bytes);
    await expect.poll(() => heard).toEqual(['text ä', bytes]);
    const closed = once(socket, 'close');
    await remove(open, own);
    await closed;
    outside.close();
    await open.stop();
  });

  test('is a 502 once it has ended, and when it never listened', async () => {
    const other = await servingJob(server);
    await post(`${runOf(other)}stop/`, {});
    await waitFor(server, other);
    expect((await get(`${other}/http/`)).json).toMatchObject({ status: 502, code: 'port_gone' });
    const quiet = await newJob(server);
    expect((await get(`${quiet}/http/`)).json).toMatchObject({
      status: 502,
      detail: expect.stringContaining('does not contain a running server'),
    });
  });
});

test('a job is reached again after kill -9 of the server and its restart', async () => {
  const first = await startServer();
  const job = await servingJob(first);
  await crash(first);
  const second = await next(first);
  await expect.poll(async () => (await second.send({ path: `${job}/http/` })).text, { timeout: 10_000 }).toBe('hello from the job');
  expect((await second.send({ path: `${job}/info` })).json).toMatchObject({ name: 'a job', state: 'RUNNING' });
  await remove(second, job);
  await second.stop();
});

describe('files', () => {
  test('16 MiB go up and come down the same; a folder is made; ?executable=1; ?remove=1', async () => {
    const job = await newJob(server);
    const big = randomBytes(16 * 2 ** 20);
    expect(await upload(server, job, 'deep/big', big)).toMatchObject({ status: 200, text: '' });
    const down = await get(`${job}/file/deep/big`);
    expect(down.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': String(big.length) });
    expect(down.bytes.equals(big)).toBe(true);
    await upload(server, job, 'tool', '#!/bin/sh\necho tooled; echo left > left', '?executable=1');
    await start(server, job, ['./tool'], { port_expected_count: 0 });
    await waitFor(server, job);
    expect((await get(`${job}/file/.pagent.stdout`)).text).toBe('tooled\n');
    expect((await get(`${job}/file/left?remove=1`)).text).toBe('left\n');
    await expect.poll(async () => (await get(`${job}/file/left`)).status).toBe(404);
  });

  test('?remove=1 is a write: no page of another origin may ask for it, nor who is a viewer', async () => {
    const job = await newJob(server);
    await upload(server, job, 'kept', 'kept');
    const path = `${job}/file/kept`;
    const page = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    for (const query of ['?remove=1', '?remove=1&remove=0', '?%72emove=1'])
      expect((await server.send({ path: path + query, headers: page })).json).toMatchObject({ status: 403, code: 'cross_site' });
    await server.user('viewer:pw', 'viewer');
    expect((await server.send({ path: `${path}?remove=1`, login: 'viewer:pw' })).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await server.send({ path, login: 'viewer:pw' })).status).toBe(404);
    expect((await server.send({ path, headers: page })).text).toBe('kept');
    expect((await get(`${path}?remove=1`)).text).toBe('kept');
    await expect.poll(async () => (await get(path)).status).toBe(404);
  });

  test('a missing one is a 404, not a 500; an upload needs its type and its length', async () => {
    const job = await newJob(server);
    expect((await get(`${job}/file/none`)).status).toBe(404);
    const path = `${job}/file/x`;
    const untyped = await server.send({ method: 'POST', path, body: 'x' });
    expect(untyped.json).toMatchObject({ status: 400, detail: expect.stringContaining('unsupported content type for HTTP upload') });
    const { Readable } = await import('node:stream');
    const headers = { 'content-type': 'application/octet-stream' };
    const endless = await server.send({ method: 'POST', path, headers, body: Readable.from([jobServer]) });
    expect(endless.json).toMatchObject({ status: 400, detail: 'no Content-Length provided' });
    expect((await get(path)).status).toBe(404);
  });
});
