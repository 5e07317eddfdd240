// What a run writes, as bytes: followed while it runs, in parts, and whole once it has ended.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asked, veryLarge } from '../support/followed-bytes.js';
import { defined, ran, shell } from '../support/programs.js';
import { noMessage } from '../support/proxied.js';
import { running, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { service } from '../support/services.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });
const head = (path: string, range: string) => server.send({ method: 'HEAD', path, headers: { range } });
const live = (start: number) => `bytes=${start}-${veryLarge}`;
/** A program that ends when it is sent USR1. */
const waiting = (script: string, end = 'exit 0', more: object = {}) =>
  shell(`trap '${end}' USR1; ${script}; while :; do sleep 0.05; done`, { ...noMessage, ...more });

/** The path of a run that has said this much on stdout. */
async function said(bytes: number, definition: object): Promise<string> {
  const run = await running(server, definition);
  await until(
    () => head(`${run}stdout/`, 'bytes=0-'),
    ({ headers }) => Number(headers['content-length']) >= bytes,
  );
  return run;
}

const end = (run: string) => server.send({ method: 'POST', path: `${run}signal/`, body: { signal: 'USR1' } });

describe('a run that is followed ends with its exit code and its end reason as trailers', () => {
  test.each([
    ['0', 'exit', 'exit 0'],
    ['3', 'exit', 'exit 3'],
    ['137', 'signal', 'kill -9 $$'],
    ['143', 'stop', null],
  ])('%s %s', async (code, reason, how) => {
    const run = await running(server, waiting('echo out; echo err >&2', how ?? ''));
    const followed = await Promise.all(['stdout', 'stderr'].map((stream) => asked(server.url, `${run}${stream}/`)));
    if (how) await end(run);
    else await server.send({ method: 'POST', path: `${run}stop/` });
    for (const [index, { statusCode, headers }] of followed.entries()) {
      expect(Buffer.concat(await followed[index].toArray()).toString()).toBe(['out\n', 'err\n'][index]);
      expect([statusCode, headers.trailer, headers['content-length']]).toEqual([200, 'Exit-Code, End-Reason', undefined]);
      expect(followed[index].trailers).toEqual({ 'exit-code': code, 'end-reason': reason });
    }
    expect((await get(`${run}stdout/`)).headers).toMatchObject({ 'exit-code': code, 'end-reason': reason, 'content-length': '4' });
  });

  test('a program that was never started has no exit code', async () => {
    const run = await ran(server, { exec: '/nowhere', ...noMessage });
    const { headers } = await get(`${run}stderr/`);
    expect([headers['exit-code'], headers['end-reason'], headers['content-length']]).toEqual([undefined, 'spawn_error', '0']);
  });
});

describe('while a run writes', () => {
  let run: string;
  beforeAll(async () => {
    run = await said(10, waiting('printf 0123456789'));
  });
  afterAll(() => end(run));

  test.each<[string, number, string, string]>([
    ['bytes=0-', 206, 'bytes 0-9/*', '0123456789'],
    ['bytes=4-', 206, 'bytes 4-9/*', '456789'],
    ['bytes=4-5', 206, 'bytes 4-5/*', '45'],
    ['bytes=4-9007199254740990', 206, 'bytes 4-9/*', '456789'],
    ['bytes=-3', 206, 'bytes 7-9/*', '789'],
    ['bytes=10-', 416, 'bytes */10', ''],
  ])('%s gives what is there (%i)', async (range, status, contentRange, text) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await server.send({ method, path: `${run}stdout/`, headers: { range } });
      expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
      if (status === 206)
        expect([answer.headers['content-length'], answer.text]).toEqual([String(text.length), method === 'GET' ? text : '']);
    }
  });

  test.each([live(3), live(900), `bytes=3-${'9'.repeat(20)}`])('HEAD with %s says that this can be followed', async (range) => {
    const { status, headers } = await head(`${run}stdout/`, range);
    expect([status, headers['content-range'], headers['accept-ranges']]).toEqual([206, `${range.replace('=', ' ')}/*`, 'bytes']);
  });

  test('follow=0 gives what is there, and neither it nor a part counts as the whole later', async () => {
    const { status, text, headers } = await get(`${run}stdout/?follow=0`);
    expect([status, text, headers['content-length']]).toEqual([200, '0123456789', '10']);
    const other = await ran(server, shell('echo x'));
    const whole = (await get(`${other}stdout/`)).headers.etag as string;
    const growing = whole.replace(/"$/, '-growing"');
    expect(headers.etag).toBe(`"${run.split('/')[3]}-stdout-1-growing"`);
    expect((await get(`${other}stdout/`, { 'if-none-match': growing })).status).toBe(200);
    expect((await get(`${other}stdout/`, { 'if-none-match': whole })).status).toBe(304);
    for (const [etag, expected] of [
      [growing, 206],
      [whole, 206],
      ['"other"', 200],
    ] as const)
      expect((await get(`${other}stdout/`, { range: 'bytes=1-', 'if-range': etag })).status).toBe(expected);
  });

  test.each(['follow=2', 'follow='])('%s is a 400', async (query) => {
    expect((await get(`${run}stdout/?${query}`)).status).toBe(400);
  });
});

test.each([
  ['a live range', '', live(4)],
  ['follow=1 with an open range', '?follow=1', 'bytes=4-'],
  ['a live range of output/', 'output', live(4)],
  ['follow=1 of output/', 'output?follow=1', 'bytes=4-'],
])('%s continues from there to the end', async (_what, where, range) => {
  const run = await said(2, waiting('printf ab', 'printf cdefg; exit 7'));
  const [path, query = ''] = where.split('?');
  const followed = await asked(server.url, `${run}${path || 'stdout'}/?${query}`, { range });
  expect([followed.statusCode, followed.headers['content-range']]).toEqual([206, `bytes 4-${veryLarge}/*`]);
  await end(run);
  expect(Buffer.concat(await followed.toArray()).toString()).toBe('efg');
  expect(followed.trailers).toEqual({ 'exit-code': '7', 'end-reason': 'exit' });
  const whole = await get(`${run}stdout/`, { range: live(4) });
  expect([whole.status, whole.headers['content-range'], whole.text]).toEqual([206, 'bytes 4-6/7', 'efg']);
  expect(await get(`${run}stdout/`, { range: live(7) })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */7' } });
});

test('a connection is cut when the run ends before the position from which it is followed', async () => {
  const run = await said(2, waiting('printf ab'));
  const followed = await asked(server.url, `${run}stdout/`, { range: live(3) });
  await end(run);
  await expect(followed.toArray()).rejects.toThrow(/aborted/);
});

test('a connection is cut when the next attempt of a service begins, and its ETag says that another one has begun', async () => {
  const run = await running(server, service('echo $$; sleep 0.5; exit 1', { restart: { mode: 'always', backoff: 0.1 } }));
  const first = await asked(server.url, `${run}stdout/`);
  await expect(first.toArray()).rejects.toThrow(/aborted/);
  const again = await asked(server.url, `${run}stdout/`, { range: live(0) });
  expect(again.headers.etag).not.toBe(first.headers.etag);
  again.destroy();
  expect((await get(`${run}output/?follow=1`)).json.code).toBe('wrong_state');
  await server.send({ method: 'POST', path: `${run}stop/` });
});

test('a run that is queued is followed from its start', async () => {
  const path = await defined(server, waiting('echo $$', 'exit 0', { max_parallel: 1 }));
  const start = async () =>
    (await server.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } })).json.resource_uri;
  const [first, second] = [await start(), await start()];
  await until(
    async () => (await get(`${first}stdout/?follow=0`)).text,
    (text) => text !== '',
  );
  const followed = await asked(server.url, `${second}stdout/`, { range: live(0) });
  expect([followed.statusCode, (await get(second)).json.state]).toEqual([206, 'queued']);
  expect((await get(`${second}stdout/`, { range: 'bytes=0-' })).headers['content-range']).toBe('bytes */0');
  await end(first);
  await until(
    async () => (await get(`${second}stdout/?follow=0`)).text,
    (text) => text !== '',
  );
  await end(second);
  expect(Buffer.concat(await followed.toArray()).toString()).toMatch(/^\d+\n$/);
});

test('a run that was only created is a 409', async () => {
  const { json } = await server.send({ method: 'POST', path: '/api/run/', body: { exec: '/bin/true', start: false } });
  expect((await get(`${json.resource_uri}stdout/`)).json.code).toBe('wrong_state');
});

describe('output/?follow=1', () => {
  test('sends the stream that the definition names, with its type', async () => {
    const output = { output_type: 'file', output_parameters: { stream_name: 'STDERR', content_type: 'text/csv' } };
    const run = await running(server, waiting('echo a,b >&2', 'echo c,d >&2; exit 0', { output_adapter: output }));
    expect((await get(`${run}output/`)).json.code).toBe('run_active');
    const followed = await asked(server.url, `${run}output/?follow=1`);
    await end(run);
    expect([followed.headers['content-type'], Buffer.concat(await followed.toArray()).toString()]).toEqual(['text/csv', 'a,b\nc,d\n']);
    expect(followed.trailers['exit-code']).toBe('0');
  });

  test('waits for the end where the output is a file', async () => {
    const file = { output_adapter: { output_type: 'file', output_parameters: { file_path: 'out' } } };
    const run = await running(server, waiting('echo said; echo kept > out', 'exit 4', { ...file, success_exit_codes: [4] }));
    expect((await server.send({ method: 'HEAD', path: `${run}output/?follow=1` })).status).toBe(409);
    const followed = get(`${run}output/?follow=1`);
    await sleep(100);
    await end(run);
    const { text, headers } = await followed;
    expect([text, headers['content-length'], headers['exit-code']]).toEqual(['kept\n', '5', '4']);
  });
});

test('a client of HTTP/1.0 gets the bytes until the connection ends', async () => {
  const run = await said(4, waiting('echo one', 'echo two; exit 0'));
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${run}stdout/ HTTP/1.0\r\nAuthorization: Basic ${Buffer.from(adminLogin).toString('base64')}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  await end(run);
  const answer = Buffer.concat([first, ...(await socket.toArray())]).toString();
  const [head, body] = answer.split('\r\n\r\n');
  expect(head).not.toMatch(/chunked|trailer/i);
  expect(body).toBe('one\ntwo\n');
});

test('a client that leaves does not disturb the run', async () => {
  const run = await said(2, waiting('printf ab', 'printf cd; exit 0'));
  for (const stream of ['stdout', 'stderr']) (await asked(server.url, `${run}${stream}/`)).destroy();
  await sleep(50);
  expect((await get(run)).json.state).toBe('running');
  await end(run);
  expect((await get(`${run}stdout/`)).text).toBe('abcd');
  expect(server.said()).not.toContain('error');
});
