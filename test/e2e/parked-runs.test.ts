// Queued runs that only wait are not in memory: a long queue neither ends a small server nor keeps it from starting, and whoever asks for one gets it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended } from '../support/hostile.js';
import { defined, shell } from '../support/programs.js';
import { crash, next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const oneAtATime = { LANES: 'io=1,cpu=1,code=1', GRACE: '0.2', QUEUE_LIMIT: '100000' };
const hold = shell('sleep 600');

async function submit(
  server: TestServer,
  definition: string,
  more: { body?: string; query?: string; login?: string } = {},
): Promise<string> {
  const { query = '', ...rest } = more;
  const headers = { prefer: 'respond-async', 'content-type': 'text/plain' };
  const { status, json, text } = await server.send({ method: 'POST', path: `${definition}execute/${query}`, headers, ...rest });
  expect(status, text).toBe(202);
  return json.resource_uri;
}

const stateOf = async (server: TestServer, path: string) => (await server.send({ path })).json.state;
const stop = (server: TestServer, path: string) => server.send({ method: 'POST', path: `${path}stop/` });

describe('a run that only waits', () => {
  let server: TestServer;
  let holder: string;
  let cat: string;

  beforeAll(async () => {
    server = await startServer(oneAtATime);
    cat = await defined(server, { exec: '/bin/cat' });
    holder = await submit(server, await defined(server, hold));
    await until(
      () => stateOf(server, holder),
      (state) => state === 'running',
    );
  });
  afterAll(() => server.stop());

  test('is shown, listed and counted as queued', async () => {
    const path = await submit(server, cat, { body: 'x' });
    expect((await server.send({ path })).json).toMatchObject({ state: 'queued', pid: null });
    expect(
      (await server.send({ path: '/api/run/?state=queued' })).json.objects.map((run: { resource_uri: string }) => run.resource_uri),
    ).toEqual([path]);
    expect((await server.send({ path: '/metrics' })).text).toContain('procreg_runs{lane="io",state="queued"} 1\n');
    await stop(server, path);
  });

  test('is cancelled when it is stopped, and never starts', async () => {
    const path = await submit(server, cat, { body: 'x' });
    expect((await stop(server, path)).status).toBe(202);
    expect(await ended(server, path)).toMatchObject({ end_reason: 'cancelled', started_at: null });
  });

  test('is cancelled when its owner loses the right to start it', async () => {
    await server.user('rita:password', 'runner');
    const shared = await defined(server, { exec: '/bin/cat', visibility: 'shared' });
    const path = await submit(server, shared, { body: 'x', login: 'rita:password' });
    const { json } = await server.send({ path: '/api/user/rita/' });
    await server.send({ method: 'PATCH', path: json.resource_uri, body: { disabled: true } });
    expect(await ended(server, path)).toMatchObject({ end_reason: 'cancelled', error: 'its owner rita is disabled' });
  });

  test('may be followed and awaited by many, who all get its result', async () => {
    const path = await submit(server, cat, { body: 'a message' });
    const waits = Array.from({ length: 5 }, () => server.send({ path: `${path}wait/?timeout=30` }));
    const events = server.send({ path: `${path}log/?follow=1`, headers: { accept: 'text/event-stream' } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await stop(server, holder);
    for (const { json } of await Promise.all(waits)) expect(json).toMatchObject({ state: 'finished', success: true });
    expect((await events).text).toMatch(/data: a message\n.*event: end\n/s);
    holder = await submit(server, await defined(server, hold));
  });

  test('is removed with all others by one request, each with its end', async () => {
    const paths = await Promise.all(['a', 'b', 'c'].map((body) => submit(server, cat, { body })));
    await server.send({ method: 'POST', path: '/api/server/stop-runs/' });
    for (const path of paths) expect(await ended(server, path)).toMatchObject({ end_reason: 'cancelled' });
  });
});

test('a thousand messages of 30 KB wait in a heap of 64 MB, and the next server starts with them', async () => {
  const small = { ...oneAtATime, NODE_OPTIONS: '--max-old-space-size=64' };
  const first = await startServer(small);
  await submit(first, await defined(first, hold));
  const cat = await defined(first, { exec: '/bin/cat' });
  const body = 'm'.repeat(30_000);
  for (let count = 0; count < 50; count++) await Promise.all(Array.from({ length: 20 }, () => submit(first, cat, { body })));
  await crash(first);
  const server = await next(first, small);
  expect((await server.send({ path: '/api/run/?state=queued&limit=1' })).json.meta.total_count).toBe(1000);
  await submit(server, cat, { body });
  await server.stop();
}, 180_000);
