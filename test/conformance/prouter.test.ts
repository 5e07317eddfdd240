// pRouter's and pAgent's own tests, one by one, over HTTP as pRouter's client sends them; agents elsewhere are in remote-jobs and agent-rpc.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { jobServer, openSocket } from '../support/jobs.js';
import { startOutside } from '../support/outside.js';
import { startServer, type TestServer } from '../support/server.js';
import { tarOf, untarred } from '../support/tars.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await server.stop();
});

/** POST, as JSON or without a body; its answer must be a 200. */
async function ask(path: string, body?: unknown): Promise<Answer> {
  const answer = await server.send({ method: 'POST', path, body });
  expect([path, answer.status], answer.text).toEqual([path, 200]);
  return answer;
}

const get = (path: string) => server.send({ path });

/** An upload has these two headers, and no others. */
const upload = (path: string, body: Buffer) =>
  server.send({
    method: 'POST',
    path,
    body,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(body.length) },
  });

async function create(): Promise<string> {
  const { json } = await ask('/jobs/create', { name: 'test job', agent: { type: 'uid', uid: 'local' } });
  expect(json).toMatchObject({ name: 'test job', state: 'NEW' });
  return json.path;
}

const start = (job: string, args: string[], more: object = {}) =>
  ask(`${job}/start`, { args, env: {}, cwd: null, port_expected_count: 1, ...more });

/** A job that is the server of their tests. */
async function serving(): Promise<string> {
  const job = await create();
  expect((await upload(`${job}/file/http_server.py`, jobServer)).status).toBe(200);
  expect((await start(job, ['python3', 'http_server.py'])).json.state).toBe('RUNNING');
  return job;
}

/** Its server ends by itself, and so does the job. */
async function shutDown(job: string): Promise<void> {
  expect((await get(`${job}/http/shutdown`)).status).toBe(200);
  expect((await ask(`${job}/wait`)).json.state).toBe('FINISHED');
  expect((await ask(`${job}/remove`)).json.state).toBe('FINISHED');
}

describe('pRouter', () => {
  test('test_http_proxy: content, status, headers and a WebSocket', async () => {
    const job = await serving();
    const hello = await get(`${job}/http/`);
    expect([hello.status, hello.headers.testheader, hello.text]).toEqual([200, 'kept', 'hello from the job']);
    expect((await get(`${job}/http/no_such_path`)).status).toBe(404);
    const { socket, heard } = await openSocket(server, `${job}/http/ws_echo`);
    socket.send(Buffer.from("it's alive!"));
    await once(socket, 'message');
    socket.close();
    expect(await heard).toEqual([Buffer.from("it's alive!")]);
    await shutDown(job);
  });

  test('test_active_ws: the router dials an http URL and joins it with the job, both ways, until the far end closes', async () => {
    const { url, met, close } = await startOutside('/ws_endpoint');
    const job = await serving();
    expect((await ask(`${job}/wsconnect/ws_echo`, { url: url.replace('ws:', 'http:') })).text).toBe('');
    const socket = await met;
    socket.send(Buffer.from('websocket data'));
    expect((await once(socket, 'message')).map(String)).toEqual(['websocket data', 'true']);
    socket.close();
    await once(socket, 'close');
    await shutDown(job);
    close();
  });

  test('test_upload_download: 16 MiB come back as they went', async () => {
    const job = await create();
    const payload = Buffer.concat(Array(2 ** 20).fill(randomBytes(16)));
    expect(await upload(`${job}/file/the_data.bin`, payload)).toMatchObject({ status: 200, text: '' });
    const { status, bytes } = await get(`${job}/file/the_data.bin`);
    expect([status, bytes.equals(payload)]).toEqual([200, true]);
    expect((await ask(`${job}/remove`)).json.state).toBe('NEW');
  });

  test('test_upload_download_archive: *.py without nested/* is exactly something.py', async () => {
    const job = await create();
    const text = randomUUID().repeat(128);
    const names = ['something.py', 'whatever.txt', 'nested', 'nested/something_too.py'];
    const tar = await tarOf(names.map((name) => (name === 'nested' ? { name, type: 'directory' } : { name, text })));
    expect((await upload(`${job}/archive`, tar)).status).toBe(200);
    const { status, bytes } = await get(`${job}/archive?include=*.py&exclude=nested/*&compress=0`);
    const found = untarred(bytes);
    expect([status, found.names, found.text('something.py')]).toEqual([200, ['something.py'], text]);
  });

  test('test_job_not_found: a 404 that says what is not found', async () => {
    const job = await create();
    const [, , connection, uid] = job.split('/');
    for (const [what, path] of [
      ['connection', `/jobs/wrong_connection_id/${uid}/info`],
      ['job', `/jobs/${connection}/wrong_job_id/info`],
    ]) {
      const { status, text } = await get(path);
      expect([status, text]).toEqual([404, expect.stringMatching(`${what}.* not found`)]);
    }
  });

  test('test_invalid_request: a 400 that says so', async () => {
    const body = { name: 'invalid job', agent: { 'wrong key here': 'and some whatever data' } };
    const { status, text } = await server.send({ method: 'POST', path: '/jobs/create', body });
    expect([status, text]).toEqual([400, expect.stringContaining('Invalid request payload')]);
  });
});

describe('pAgent, through the router', () => {
  let job: string;
  beforeAll(async () => {
    job = await serving();
  });
  afterAll(() => shutDown(job));

  test('test_run_script: what a script prints is in .pagent.stdout', async () => {
    const own = await create();
    await upload(`${own}/file/run.py`, Buffer.from("print('it seems to work', end='')"));
    await start(own, ['python3', 'run.py'], { port_expected_count: 0 });
    expect((await ask(`${own}/wait`)).json.state).toBe('FINISHED');
    const [stdout, stderr] = await Promise.all(['stdout', 'stderr'].map((stream) => get(`${own}/file/.pagent.${stream}`)));
    expect([stdout.text, stderr.text]).toEqual(['it seems to work', '']);
    await ask(`${own}/remove`);
  });

  test('test_server_get: the headers of the job, its 404 and its 405', async () => {
    const { status, headers, text } = await get(`${job}/http/`);
    expect([status, text]).toEqual([200, 'hello from the job']);
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(['content-type', 'content-length', 'date', 'server', 'testheader']));
    expect((await get(`${job}/http/no_such_path`)).status).toBe(404);
    const wrong = await get(`${job}/http/upload`);
    expect([wrong.status, wrong.text]).toEqual([405, '405: POST alone']);
  });

  test('test_server_post: 1000 pieces of 16 KiB are all counted', async () => {
    const pieces = Array.from({ length: 1000 }, () => randomBytes(16 * 1024));
    const { status, text } = await server.send({ method: 'POST', path: `${job}/http/upload`, body: Readable.from(pieces) });
    expect([status, text]).toEqual([200, String(1000 * 16 * 1024)]);
  });

  test('test_server_query: no query, and one with repeated keys and = in a value', async () => {
    expect(await get(`${job}/http/query_echo`)).toMatchObject({ status: 200, text: '' });
    const { text } = await get(`${job}/http/query_echo?key=value&repeated_ley=value1&repeated_ley=value2&key_equals=not%3Dfun`);
    expect(text).toBe('key=value\nrepeated_ley=value1\nrepeated_ley=value2\nkey_equals=not=fun\n');
  });

  test('test_server_ws_echo: bytes, text, and both empty', async () => {
    const { socket, heard } = await openSocket(server, `${job}/http/ws_echo`);
    const sent = [randomBytes(16), randomUUID(), Buffer.alloc(0), ''];
    for (const message of sent) {
      socket.send(message);
      await once(socket, 'message');
    }
    socket.close();
    expect(await heard).toEqual(sent);
  });

  test('test_server_ws_stream: 100 messages, then the job closes', async () => {
    expect(await (await openSocket(server, `${job}/http/ws_push?n=100`)).heard).toHaveLength(100);
  });

  test.each(['does_not_exist', '', 'upload'])('test_server_ws_rejected: a WebSocket to /%s is refused', async (path) => {
    await expect(openSocket(server, `${job}/http/${path}`)).rejects.toThrow('502');
    const answer = await server.send({ method: 'POST', path: `${job}/wsconnect/${path}`, body: { url: 'http://127.0.0.1:9/' } });
    expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining('has not opened the WebSocket')]);
  });

  test('test_environment: names and values with blanks and of every script', async () => {
    const env = {
      'ASCII FOREVER 1': 'ASCII FOREVER',
      'ASCII FOREVER 2': 'ЮНИКОД großer',
      'ЮНИКОД èüîû 1 god why': 'ASCII FOREVER',
      'ЮНИКОД èüîû 2 god why': 'ЮНИКОД großer èüîû god why',
    };
    const own = await create();
    const script = 'import json, os; json.dump(dict(os.environ), open("env.json", "w"))';
    await start(own, ['python3', '-c', script], { env, port_expected_count: 0, forward_stdout: false });
    await ask(`${own}/wait`);
    expect((await get(`${own}/file/env.json`)).json).toMatchObject(env);
  });

  test('test_archive_upload_download: all of it packed, by a pattern, and by one without another', async () => {
    const own = await create();
    const files = ['something.py', 'whatever.dat', 'großer/stuff.txt', 'nested/èüîû god why.py'];
    const tar = await tarOf(files.map((name) => ({ name, text: name.repeat(10) })));
    expect((await upload(`${own}/archive`, tar)).status).toBe(200);
    const packed = async (query: string) => {
      const { names, text } = untarred((await get(`${own}/archive?${query}`)).bytes);
      const contents = files.filter((name) => names.includes(name)).map((name) => [name, text(name) === name.repeat(10)]);
      return [names, contents];
    };
    const right = (...names: string[]) => files.filter((name) => names.includes(name)).map((name) => [name, true]);
    expect(await packed('compress=1')).toEqual([[...files, 'großer', 'nested'].sort(), right(...files)]);
    const [, , , nested] = files;
    expect(await packed('include=*.py&compress=0')).toEqual([['nested', nested, 'something.py'], right('something.py', nested)]);
    expect(await packed('include=*.py&exclude=something*')).toEqual([['nested', nested], right(nested)]);
  });
});
