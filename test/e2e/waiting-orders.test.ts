// Runs that wait cost their places, also while they are awaited and followed: their large orders fit into no heap together.
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const count = 40;
const hour = 'sleep 3600';

let server: TestServer;
let holder: string;
let large: string;
beforeAll(async () => {
  server = await startServer({ LANES: 'io=1', GRACE: '0.2', NODE_OPTIONS: '--max-old-space-size=100' });
  holder = (await later(await defined(server, shell(hour)))) as string;
  await until(
    async () => (await server.send({ path: holder })).json.state,
    (state) => state === 'running',
  );
  large = await defined(server, { exec: '/bin/echo', argv: ['done'], files: { data: 'x'.repeat(1_000_000) } });
});
afterAll(() => server.stop());

async function later(path: string): Promise<string> {
  const { status, json, text } = await server.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } });
  expect(status, text).toBe(202);
  return json.resource_uri;
}

/** Asks, and goes away as soon as the answer has begun, or after `patienceMs`. */
function glance(path: string, { method = 'GET', accept = '*/*', patienceMs = 2000 } = {}): Promise<void> {
  return new Promise((resolve) => {
    const headers = { authorization: `Basic ${btoa(adminLogin)}`, accept };
    const request = http.request(`${server.url}${path}`, { method, headers, agent: false });
    const leave = () => {
      request.destroy();
      resolve();
    };
    setTimeout(leave, patienceMs);
    request.on('response', (answer) => answer.once('data', leave)).on('error', leave);
    request.end();
  });
}

async function each(ask: () => Promise<unknown>): Promise<void> {
  for (let asked = 0; asked < count; asked += 10) await Promise.all(Array.from({ length: 10 }, ask));
}

test('awaited, followed, created and executed ones wait in a heap of 100 MB, and then run', async () => {
  const runs: string[] = [];
  await each(async () => {
    const run = await later(large);
    runs.push(run);
    await server.send({ path: `${run}wait/?timeout=0.001` });
    await glance(`${run}log/?follow=1`, { accept: 'text/event-stream' });
    for (const bytes of ['stdout', 'output']) await glance(`${run}${bytes}/?follow=1`, { patienceMs: 100 });
    expect((await server.send({ path: `${run}log/` })).text).toBe('');
    expect((await server.send({ path: `${run}stdout/?follow=0` })).text).toBe('');
  });
  await each(async () => {
    const { json } = await server.send({ method: 'POST', path: '/api/run/', body: { definition: large, start: false } });
    runs.push(json.resource_uri);
    expect((await server.send({ method: 'POST', path: `${json.resource_uri}start/` })).status).toBe(202);
  });
  await each(() => glance(`${large}execute/`, { method: 'POST', patienceMs: 500 }));
  await each(() => glance(`${large}execute/?-stream=1`, { method: 'POST' }));
  // on a slow machine some callers have gone before their run was accepted
  expect((await server.send({ path: '/api/run/?state=queued&limit=1' })).json.meta.total_count).toBeGreaterThan(3 * count);
  const first = (path: string) => server.send({ method: 'POST', path });
  const waited = server.send({ path: `${runs[0]}wait/?timeout=60` });
  const executed = [first(`${large}execute/?-priority=9`), first(`${large}execute/?-priority=9&-stream=1`)];
  const followed = server.send({ path: `${runs[0]}log/?follow=1`, headers: { accept: 'text/event-stream' } });
  const bytes = ['stdout/', 'output/?follow=1'].map((path) => server.send({ path: `${runs[0]}${path}` }));
  await server.send({ method: 'POST', path: `${holder}stop/` });
  expect((await Promise.all(bytes)).map(({ text }) => text)).toEqual(['done\n', 'done\n']);
  expect((await Promise.all(executed)).map(({ text }) => text)).toEqual(['done\n', 'done\n']);
  expect((await waited).json).toMatchObject({ state: 'finished', success: true });
  expect((await followed).text).toMatch(/event: state\n.*data: done\n.*event: end\n/s);
}, 120_000);
