// pRouter's jobs on other machines: the same as local ones, whether the agent has connected or the router connects to it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awaitAgent, connectionsOf, type Network, startNetwork } from '../support/agents.js';
import { newJob, openSocket, remove, servingJob, start, startQuiet, upload, waitFor } from '../support/jobs.js';
import { expectEcho, startOutside } from '../support/outside.js';
import type { TestServer } from '../support/server.js';

describe.each([
  ['that has connected', false, 'SERVER'],
  ['that was dialled', true, 'CLIENT'],
])('a job on an agent %s', (_how, dialled, mode) => {
  let network: Network;
  let router: TestServer;
  beforeAll(async () => {
    network = await startNetwork({ dialled });
    router = network.router;
  });
  afterAll(() => network.stop());

  const newFarJob = () => newJob(router, { agent: network.agent });
  const get = (path: string) => router.send({ path });
  const post = (path: string, body?: unknown) => router.send({ method: 'POST', path, body });

  test('is NEW, RUNNING, FINISHED there, and a 404 once it is removed', async () => {
    const job = await newFarJob();
    const connection = (await connectionsOf(router)).find(({ uid }) => uid === job.split('/')[2]);
    expect(connection).toMatchObject({ mode, peer: { auth: { uid: 'far' }, properties: { gpu: '2', zone: 'north' } } });
    expect(JSON.stringify(connection)).not.toContain('token');
    expect((await get(`${job}/info`)).json).toMatchObject({ path: job, name: 'a job', state: 'NEW', agent: { properties: { gpu: '2' } } });
    const script =
      'import os, sys; e = os.environ; print(e["DA__PAGENT__gpu"], e["DA__PAGENT__ЮНИКОД 1"], e["DA__PAGENT__zone"], e["Ключ"]); print("wrong", file=sys.stderr); sys.exit(3)';
    const env = { DA__PAGENT__zone: 'mine', Ключ: 'Значение' };
    const started = await start(router, job, ['python3', '-X', 'utf8', '-c', script], { env, port_expected_count: 0 });
    expect([started.status, started.json.state], started.text).toEqual([200, 'RUNNING']);
    expect((await waitFor(router, job)).state).toBe('FINISHED');
    expect((await get(`${job}/file/.pagent.stdout`)).text).toBe('2 èüîû großer mine Значение\n');
    expect((await get(`${job}/file/.pagent.stderr`)).text).toBe('wrong\n');
    expect((await remove(router, job)).state).toBe('FINISHED');
    const gone = await get(`${job}/info`);
    expect([gone.status, gone.json.detail]).toEqual([404, `job '${job.split('/')[3]}' is not found`]);
  });

  test('is a 404 for everybody but the user who created it', async () => {
    await router.user(`author-${mode}:pw`, 'author');
    const job = await newFarJob();
    for (const [method, what] of [
      ['GET', 'info'],
      ['POST', 'remove'],
      ['GET', 'file/x'],
      ['GET', 'http/'],
    ])
      expect((await router.send({ method, path: `${job}/${what}`, login: `author-${mode}:pw` })).status).toBe(404);
    await remove(router, job);
  });

  test('is not started twice, nor with a missing program, nor by an invalid order', async () => {
    const job = await newFarJob();
    expect((await start(router, job, [])).json).toMatchObject({ status: 400, detail: expect.stringContaining('Invalid request') });
    expect((await startQuiet(router, job, 'true')).status).toBe(200);
    expect((await startQuiet(router, job, 'true')).json).toMatchObject({ status: 409, code: 'wrong_state' });
    const missing = await newFarJob();
    expect((await start(router, missing, ['/no/such/program'])).json).toMatchObject({ status: 422, code: 'spawn_error' });
    expect((await get(`${missing}/info`)).json.state).toBe('FINISHED');
    const early = await newFarJob();
    expect((await start(router, early, ['false'])).json).toMatchObject({ status: 422, code: 'exit' });
    await Promise.all([job, missing, early].map((one) => remove(router, one)));
  });

  test('tells its end to three clients that wait; removed while it runs, it is answered as RUNNING and killed', async () => {
    const job = await newFarJob();
    await startQuiet(router, job, 'trap "" TERM; while :; do sleep 0.1; done');
    const waiting = [1, 2, 3].map(() => waitFor(router, job));
    expect((await remove(router, job)).state).toBe('RUNNING');
    expect((await Promise.all(waiting)).map(({ state }) => state)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
  });

  test('has its files: 16 MiB come back unchanged, executable ones, ones that are removed once read, missing ones', async () => {
    const job = await newFarJob();
    const big = randomBytes(16 * 2 ** 20);
    expect(await upload(router, job, 'deep/big', big)).toMatchObject({ status: 200, text: '' });
    const down = await get(`${job}/file/deep/big`);
    expect(down.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': String(big.length) });
    expect(down.bytes.equals(big)).toBe(true);
    await upload(router, job, 'tool', '#!/bin/sh\necho tooled; echo left > left', '?executable=1');
    await start(router, job, ['./tool'], { port_expected_count: 0 });
    await waitFor(router, job);
    expect((await get(`${job}/file/.pagent.stdout`)).text).toBe('tooled\n');
    expect((await get(`${job}/file/left?remove=1`)).text).toBe('left\n');
    await expect.poll(async () => (await get(`${job}/file/left`)).status).toBe(404);
    for (const path of ['..%2f..%2fetc%2fpasswd', '%2e%2e/x', '%2fetc%2fpasswd'])
      expect([path, (await get(`${job}/file/${path}`)).status]).toEqual([
        path,
        expect.toSatisfy((status) => status >= 400 && status < 500),
      ]);
    await remove(router, job);
  });

  test('has its archive: the files that are included and not excluded, uploaded and downloaded', async () => {
    const job = await newFarJob();
    for (const name of ['something.py', 'nested/other.py', 'text.txt']) await upload(router, job, name, name);
    const tar = await get(`${job}/archive?include=*.py&exclude=nested/*`);
    expect(tar.headers['content-length']).toBe(String(tar.bytes.length));
    const other = await newFarJob();
    const headers = { 'content-type': 'application/octet-stream' };
    expect((await router.send({ method: 'POST', path: `${other}/archive`, headers, body: tar.bytes })).status).toBe(200);
    await startQuiet(router, other, 'find . -type f');
    await waitFor(router, other);
    expect((await get(`${other}/file/.pagent.stdout`)).text).toBe('./something.py\n');
    await Promise.all([job, other].map((one) => remove(router, one)));
  });

  describe('that is a server', () => {
    let job: string;
    beforeAll(async () => {
      job = await servingJob(router, network.agent);
    });
    afterAll(() => remove(router, job));

    test('is reached with any method, path, repeated query keys, headers and body', async () => {
      expect((await get(`${job}/http/`)).text).toBe('hello from the job');
      expect(await get(`${job}/http/no_such_path`)).toMatchObject({ status: 404, text: 'not here' });
      expect((await get(`${job}/http`)).status).toBe(404);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const sent = { method, path: `${job}/http/a%20b/c?x=1&x=2`, headers: { TestHeader: 'in', 'content-type': 'text/x' }, body: 'ä' };
        const { json, headers } = await router.send(sent);
        expect(json).toMatchObject({ method, path: '/a%20b/c?x=1&x=2', body: 'Ã¤' });
        expect(json.headers.map(([name, value]: string[]) => [name.toLowerCase(), value])).toContainEqual(['testheader', 'in']);
        expect(JSON.stringify(json.headers)).not.toMatch(/authorization|let me in/i);
        expect([headers.testheader, headers['cache-control']]).toEqual(['kept', 'no-store, must-revalidate']);
      }
      expect((await router.send({ method: 'HEAD', path: `${job}/http/` })).headers['content-length']).toBe('18');
      expect((await get(`${job}/http/zipped`)).text).toBe('squeezed');
    });

    test('receives 16.4 MB in 1000 pieces, and sends 128 MiB that nobody holds in memory', async () => {
      const pieces = Array.from({ length: 1000 }, () => randomBytes(16_400));
      const { json } = await router.send({ method: 'POST', path: `${job}/http/sink`, body: Readable.from(pieces) });
      expect(json.bytes).toBe(16_400_000);
      const idle = [router.peakBytes(), network.far.peakBytes()];
      expect((await get(`${job}/http/big?mib=128`)).bytes.length).toBe(128 * 2 ** 20);
      const grown = [router.peakBytes() - idle[0], network.far.peakBytes() - idle[1]];
      expect(Math.max(...grown)).toBeLessThan(80 * 2 ** 20);
    });

    test('an answer that the program breaks off is broken off for the client, too', async () => {
      await expect(get(`${job}/http/half`)).rejects.toThrow();
    });

    test('receives WebSocket messages, text and binary, in order', async () => {
      const { socket: echo, heard } = await openSocket(router, `${job}/http/ws_echo`);
      const big = randomBytes(100_000);
      for (const message of ['text ä', big, 'last']) echo.send(message);
      await expect.poll(() => echo.bufferedAmount).toBe(0);
      const echoed: unknown[] = [];
      echo.on('message', (data) => echoed.push(data));
      await expect.poll(() => echoed.length).toBe(3);
      echo.close();
      expect(await heard).toEqual(['text ä', big, 'last']);
      const pushed = await (await openSocket(router, `${job}/http/ws_push?n=100`)).heard;
      expect(pushed.map(String)).toEqual(Array.from({ length: 100 }, (_one, index) => `message ${index}`));
      expect(pushed.map((message) => typeof message === 'string')).toEqual(pushed.map((_one, index) => index % 2 === 0));
      await expect(openSocket(router, `${job}/http/plain`)).rejects.toThrow('502');
    });

    test('a message of 4 MiB, which pRouter and its agents do not take, ends its WebSocket and nothing else', async () => {
      const { socket } = await openSocket(router, `${job}/http/ws_echo`);
      const closed = once(socket, 'close');
      socket.send(Buffer.alloc(4 * 2 ** 20));
      expect((await closed).map(String)).toEqual(['1002', expect.stringContaining('at most 4194240 bytes')]);
      expect((await get(`${job}/http/`)).text).toBe('hello from the job');
    });

    test('has a WebSocket of it joined with one at another server', async () => {
      const { url, met, close } = await startOutside();
      expect((await post(`${job}/wsconnect/plain`, { url })).status).toBe(400);
      expect(await post(`${job}/wsconnect/ws_echo`, { url })).toMatchObject({ status: 200, text: '' });
      const socket = await met;
      await expectEcho(socket);
      socket.close();
      close();
    });

    test('is a 502 when it never listened', async () => {
      const quiet = await newFarJob();
      const answer = await get(`${quiet}/http/`);
      expect(answer.json).toMatchObject({ status: 502, detail: expect.stringContaining('does not contain a running server') });
      await expect(openSocket(router, `${quiet}/http/ws_echo`)).rejects.toThrow('502');
      await remove(router, quiet);
    });
  });
});

test('a connection that the router has opened is closed within 10 s of its last job', { timeout: 60_000 }, async () => {
  const { router, agent, stop } = await startNetwork({ dialled: true });
  const jobs = [await newJob(router, { agent }), await newJob(router, { agent })];
  expect(new Set(jobs.map((job) => job.split('/')[2])).size).toBe(2);
  await remove(router, jobs[0]);
  await expect.poll(async () => (await connectionsOf(router)).length, { timeout: 10_000 }).toBe(2);
  expect((await router.send({ path: `${jobs[1]}/info` })).json.state).toBe('NEW');
  await remove(router, jobs[1]);
  await awaitAgent(router, 'far', false);
  await stop();
});
