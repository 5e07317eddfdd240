// The files of pRouter's jobs.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobServer, newJob, start, upload, waitFor } from '../support/jobs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const get = (path: string) => server.send({ path });

describe('files', () => {
  test('of 16 MiB come back unchanged; missing folders are created; ?executable=1 and ?remove=1 are heeded', async () => {
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

  test('?remove=1 is a write: neither a page of another origin nor a viewer may ask for it', async () => {
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
