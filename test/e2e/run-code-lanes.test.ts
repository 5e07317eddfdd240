// Code waits for its lane: a limit of N at once, the rest in order, none lost; the lane can be watched, and N can be changed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Coder, newCoder } from '../support/code.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let run: Coder;

beforeAll(async () => {
  server = await startServer({ LANES: 'io=0,code=2' });
  run = await newCoder(server);
});
afterAll(async () => {
  await server.stop();
});

const lane = async () => (await server.send({ path: '/api/lane/' })).json.objects.find(({ name }: { name: string }) => name === 'code');
const limit = (body: object, login = adminLogin) => server.send({ method: 'PATCH', path: '/api/lane/code/', login, body });

interface Span {
  started_at: string;
  finished_at: string;
}

const mostAtOnce = (spans: Span[]) =>
  Math.max(...spans.map(({ started_at: at }) => spans.filter((span) => span.started_at <= at && at < span.finished_at).length));

test('six programs of a second each in a lane of two: about three seconds, never more than two at once, six results', async () => {
  const startedAt = Date.now();
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => run(bash(`sleep 1; echo ${number}`))));
  const seconds = (Date.now() - startedAt) / 1000;
  expect(answers.map(({ status, json }) => [status, json.stdout, json.error])).toEqual(
    [1, 2, 3, 4, 5, 6].map((number) => [200, `${number}\n`, '']),
  );
  const records = await Promise.all(answers.map(async ({ json }) => (await server.send({ path: json.run })).json));
  expect(mostAtOnce(records)).toBe(2);
  expect(seconds).toBeGreaterThanOrEqual(3);
  expect(seconds).toBeLessThan(6);
});

test('GET /api/lane/ counts what runs, waits, went well and failed', async () => {
  const before = await lane();
  expect(before).toMatchObject({ name: 'code', limit: 2, running: 0, queued: 0, resource_uri: '/api/lane/code/' });
  const answers = ['sleep 1', 'sleep 1', 'sleep 1; exit 1'].map((script) => run(bash(script)));
  await expect.poll(lane).toMatchObject({ running: 2, queued: 1 });
  await Promise.all(answers);
  expect(await lane()).toMatchObject({ running: 0, queued: 0, done: before.done + 2, failed: before.failed + 1 });
});

test('an admin changes the limit, and waiting code starts at once; nobody else may', async () => {
  expect((await limit({ limit: 1 })).json).toMatchObject({ limit: 1 });
  const answers = [1, 2, 3].map(() => run(bash('sleep 1')));
  await expect.poll(lane).toMatchObject({ running: 1, queued: 2 });
  const { status, json } = await limit({ limit: 3 });
  expect([status, json]).toEqual([202, expect.objectContaining({ limit: 3, running: 3, queued: 0 })]);
  await Promise.all(answers);
  expect((await limit({ limit: 9 }, 'coder:pw')).status).toBe(403);
  expect((await limit({ limit: -1 })).json).toMatchObject({ code: 'invalid_request' });
  expect((await limit({ name: 'x' })).json).toMatchObject({ code: 'invalid_request' });
  const unknown = await server.send({ method: 'PATCH', path: '/api/lane/none/', body: { limit: 1 } });
  expect([unknown.status, unknown.json.detail]).toEqual([404, "unknown lane 'none'; allowed: io, code"]);
});
