// Lanes: a limit of runs at once; the rest wait, by priority and then by age; what does not fit is refused before it starts.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, shell, shellWith, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'procreg-lanes-'));

beforeAll(async () => {
  chmodSync(folder, 0o777);
  server = await startServer({ LANES: 'io=0,two=2,one=1,full=1', QUEUE_LIMIT: '60' });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const submit = (path: string, query = '') =>
  server.send({ method: 'POST', path: `${path}execute/${query}`, headers: { prefer: 'respond-async' } });

async function submitted(path: string, query = ''): Promise<string> {
  const { status, json, text } = await submit(path, query);
  expect(status, text).toBe(202);
  return json.resource_uri;
}

const ended = async (run: string) => (await server.send({ path: `${run}wait/?timeout=60` })).json;

/** Programs that run until the file is there. */
function gate(name: string) {
  const file = join(folder, name);
  return {
    program: (more: object) => shellWith('until [ -e "$1" ]; do sleep 0.02; done', [file], more),
    open: () => writeFileSync(file, ''),
  };
}

interface Span {
  started_at: string;
  finished_at: string;
}

function mostAtOnce(spans: Span[]): number {
  const at = spans.map(({ started_at }) => started_at);
  return Math.max(...at.map((time) => spans.filter((span) => span.started_at <= time && time < span.finished_at).length));
}

describe('a lane', () => {
  test('of two never runs more than two at once, and runs all of them', async () => {
    const path = await defined(server, shell('sleep 0.2', { lane: 'two' }));
    const runs = await Promise.all(Array.from({ length: 6 }, () => submitted(path)));
    const records = await Promise.all(runs.map(ended));
    expect(records.map(({ success }) => success)).toEqual(Array(6).fill(true));
    expect(mostAtOnce(records)).toBe(2);
    expect(records.filter(({ queued_ms }) => queued_ms >= 150).length).toBeGreaterThanOrEqual(4);
  });

  test('starts what waits by priority, then by age', async () => {
    const first = gate('order');
    const holding = await submitted(await defined(server, first.program({ lane: 'one' })));
    const path = await defined(server, shell('true', { lane: 'one' }));
    const runs: string[] = [];
    for (const priority of [0, 5, 0, 9, 5]) runs.push(await submitted(path, `?priority=${priority}`));
    expect((await server.send({ path: runs[0] })).json).toMatchObject({ state: 'queued', priority: 0, started_at: null });
    first.open();
    await ended(holding);
    const records = await Promise.all(runs.map(ended));
    const order = records.map((record, index) => ({ index, at: record.started_at })).sort((one, other) => (one.at < other.at ? -1 : 1));
    expect(order.map(({ index }) => index)).toEqual([3, 1, 4, 0, 2]);
  });

  test('may have a waiting run cancelled, which then never starts', async () => {
    const first = gate('cancelled');
    const holding = await submitted(await defined(server, first.program({ lane: 'one' })));
    const trace = join(folder, 'trace');
    const waiting = await submitted(await defined(server, shellWith('touch "$1"', [trace], { lane: 'one' })));
    expect((await server.send({ method: 'POST', path: `${waiting}stop/` })).status).toBe(202);
    expect(await ended(waiting)).toMatchObject({ state: 'finished', end_reason: 'cancelled', started_at: null, error: 'stopped by admin' });
    first.open();
    expect(await ended(holding)).toMatchObject({ success: true });
    expect(existsSync(trace)).toBe(false);
  });

  test('that the server does not know is a 409 that names the known ones', async () => {
    const path = await defined(server, shell('true', { lane: 'unheard-of' }));
    const { status, json } = await submit(path);
    expect([status, json.code, json.known]).toEqual([409, 'unknown_lane', ['io', 'two', 'one', 'full']]);
  });
});

test('max_parallel limits one definition, and delays no other', async () => {
  const path = await defined(server, shell('sleep 0.15', { max_parallel: 1 }));
  const other = await defined(server, shell('true'));
  const runs = await Promise.all(Array.from({ length: 4 }, () => submitted(path)));
  expect(await ended(await submitted(other))).toMatchObject({ success: true });
  expect(mostAtOnce(await Promise.all(runs.map(ended)))).toBe(1);
});

test('beyond half of QUEUE_LIMIT a request of one user is answered with 503 and Retry-After, and nothing of it is kept', async () => {
  const first = gate('full');
  const path = await defined(server, first.program({ lane: 'full' }));
  const runs = [await submitted(path)];
  for (let count = 0; count < 30; count++) runs.push(await submitted(path));
  const refused = await submit(path);
  expect([refused.status, refused.json.code, Number(refused.headers['retry-after']) > 0]).toEqual([503, 'queue_full', true]);
  expect(refused.json).toMatchObject({ waiting: 30, running: 1, limit: 30 });
  expect(refused.json.error).toContain('half of QUEUE_LIMIT');
  const { json } = await server.send({ path: `/api/run/?definition=${path}` });
  expect(json.meta.total_count).toBe(31);
  first.open();
  for (const run of runs) expect(await ended(run)).toMatchObject({ success: true });
});

test('a synchronous caller waits for its turn, and gets its answer', async () => {
  const path = await defined(server, shell('sleep 0.2; echo done', { lane: 'one' }));
  const answers = await Promise.all([1, 2, 3].map(() => server.send({ method: 'POST', path: `${path}execute/` })));
  expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(3).fill([200, 'done\n']));
});

test('an invalid name of a lane is a fault of the definition', async () => {
  expect((await store(server, shell('true', { lane: 7 }))).status).toBe(400);
});
