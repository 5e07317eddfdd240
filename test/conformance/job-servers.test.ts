// pRouter's jobs that are servers: their call-back, and the requests to their ports.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newJob, openSocket, remove, runOf, servingJob, startQuiet, waitFor } from '../support/jobs.js';
import { expectEcho, startOutside } from '../support/outside.js';
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

describe('the call-back', () => {
  const callBack = (query: string) => server.send({ path: `/job_started?${query}`, login: '' });

  test('needs no login, but must name a port and a job that waits for it', async () => {
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

  test('is reached with any method, path, repeated query keys, headers and body', async () => {
    expect((await get(`${job}/http/`)).text).toBe('hello from the job');
    expect(await get(`${job}/http/no_such_path`)).toMatchObject({ status: 404, text: 'not here' });
    expect(await get(`${job}/http`)).toMatchObject({ status: 308, headers: { location: `${job}/http/` } });
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

  test('is also reached at paths with repeated slashes and with a trailing one', async () => {
    const doubled = job.replaceAll('/', '//');
    for (const path of [`${doubled}//info`, `${job}/info/`, `${doubled}/info//`])
      expect([path, (await get(path)).json.state]).toEqual([path, 'RUNNING']);
    expect((await get('//info//')).json.auth.uid).toBe('local');
    expect((await get(`${doubled}/http/a//b/?c=//d`)).json.path).toBe('/a//b/?c=//d');
  });

  test('receives 16.4 MB in 1000 pieces', async () => {
    const { Readable } = await import('node:stream');
    const pieces = Array.from({ length: 1000 }, () => randomBytes(16_400));
    const { json } = await server.send({ method: 'POST', path: `${job}/http/sink`, body: Readable.from(pieces) });
    expect(json.bytes).toBe(16_400_000);
  });

  test('receives WebSocket messages, text and binary, in order', async () => {
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

  test('has a WebSocket of it joined with one at another server, where that is allowed', async () => {
    const { url, met, close } = await startOutside();
    expect((await post(`${job}/wsconnect/ws_echo`, { url })).status).toBe(403);
    const open = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
    const own = await servingJob(open);
    const connect = (path: string, body: unknown) => open.send({ method: 'POST', path: `${own}/wsconnect/${path}`, body });
    expect((await connect('plain', { url })).status).toBe(400);
    expect((await connect('ws_echo', { url, more: 1 })).status).toBe(400);
    expect(await connect('ws_echo', { url })).toMatchObject({ status: 200, text: '' });
    const socket = await met;
    await expectEcho(socket);
    const closed = once(socket, 'close');
    await remove(open, own);
    await closed;
    close();
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
  // its call-back is answered: a program that gets no answer ends
  await expect.poll(async () => (await first.send({ path: `${job}/file/.pagent.stdout` })).text).toBe('OK\n');
  await crash(first);
  const second = await next(first);
  await expect.poll(async () => (await second.send({ path: `${job}/http/` })).text, { timeout: 10_000 }).toBe('hello from the job');
  expect((await second.send({ path: `${job}/info` })).json).toMatchObject({ name: 'a job', state: 'RUNNING' });
  await remove(second, job);
  await second.stop();
});
