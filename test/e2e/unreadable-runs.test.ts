// Runs whose stored order, record of the end, note or log nobody can read: each ends with a reason, and everything else boots.
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kill9, launcherOf } from '../support/processes.js';
import { declared, execute, shell } from '../support/programs.js';
import { crash, endOf, idOf, logOf, next, running, until } from '../support/restarts.js';
import { createdRun } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const order = (change: (order: Record<string, unknown>) => void) => (stored: string) => {
  const read = JSON.parse(stored);
  change(read);
  return JSON.stringify(read);
};

function folderAt(path: string): void {
  rmSync(path, { force: true });
  mkdirSync(path);
}

/** What becomes of the stored order, and what the record says then. */
const orders: Record<string, [change: (stored: string) => string | null, said: RegExp]> = {
  'is not there': [() => null, /the record has no stored order/],
  'is empty': [() => '', /the stored order cannot be read/],
  'is cut': [(stored) => stored.slice(0, 40), /the stored order cannot be read/],
  'is not JSON': [() => 'not JSON', /the stored order cannot be read/],
  'is null': [() => 'null', /the stored order must be an object, got null/],
  'is a list': [() => '[1]', /the stored order must be an object, got \[1\]/],
  'is a text': [() => '"order"', /the stored order must be an object/],
  'is an empty object': [() => '{}', /in the stored order 'definition' is missing/],
  'has a definition of null': [order((read) => (read.definition = null)), /'definition' is missing or has a wrong form/],
  'has a definition without a program': [order((read) => (read.definition = { argv: [] })), /'definition' is missing/],
  'has arguments that are not a list': [order((read) => (read.definition = { exec: 'true', argv: 'x' })), /'definition' is missing/],
  'has an argument that is a number': [order((read) => (read.definition = { exec: 'true', argv: [1] })), /'definition' is missing/],
  'has a group without arguments': [
    order((read) => (read.definition = { exec: 'true', args: [{ when: 'x' }] })),
    /'definition' is missing/,
  ],
  'has parameters that are a text': [order((read) => (read.parameters = 'x')), /'parameters' is missing/],
  'has no message': [order((read) => (read.message = undefined)), /'message' is missing/],
  'has a message of an unknown kind': [order((read) => (read.message = { kind: 'constructor' })), /'message' is missing/],
  'has a file message without a path': [order((read) => (read.message = { kind: 'file' })), /'message' is missing/],
  'has uploads that are not a list': [order((read) => (read.uploads = {})), /'uploads' is missing/],
  'has uploads without a path': [order((read) => (read.uploads = [{}])), /'uploads' is missing/],
  'has a lane that is a number': [order((read) => (read.lane = 7)), /'lane' is missing/],
  'has a timeout that is a text': [order((read) => (read.timeoutMs = 'soon')), /'timeoutMs' is missing/],
  'has no output limit': [order((read) => (read.outputLimitBytes = undefined)), /'outputLimitBytes' is missing/],
};

/** Arguments in every form that a definition may have. */
const groups = [['${name}'], { when: 'loud', args: ['--loud'] }, { each: 'tags', args: ['--tag', '${tags}'] }];
const grouped = (script: string, key = 'argv') => ({
  ...{ exec: '/bin/sh', [key]: ['-c', script, 'sh', ...groups] },
  ...declared({ name: { default: 'x' }, loud: { default: true }, tags: { type: 'array', default: ['a', 'b'] } }),
});

describe('after a restart, with one run for each fault of its order', () => {
  let server: TestServer;
  let well: string;
  const runs: Record<string, string> = {};
  const queued: Record<string, string> = {};
  let created: string;
  let waiting: string;
  beforeAll(async () => {
    const first = await startServer({ LANES: 'io=30' });
    for (const what of Object.keys(orders)) runs[what] = await running(first, shell('sleep 1000'));
    well = await running(first, grouped('sleep 1000'));
    created = await createdRun(first, 'true');
    await first.send({ method: 'PATCH', path: '/api/lane/io/', body: { limit: 1 } });
    for (const what of ['is cut', 'is null']) {
      const definition = await first.send({ method: 'POST', path: '/api/run/', body: shell('true') });
      queued[what] = definition.json.resource_uri;
    }
    waiting = (await execute(first, grouped('echo "$@"', 'args'), { headers: { prefer: 'respond-async' } })).json.resource_uri;
    await crash(first);
    const database = new Database(join(first.dataDir, 'registry.sqlite'));
    const change = (path: string, by: (stored: string) => string | null) => {
      const stored = database.prepare('SELECT run_order FROM run WHERE id = ?').pluck().get(idOf(path)) as string;
      database.prepare('UPDATE run SET run_order = ? WHERE id = ?').run(by(stored), idOf(path));
    };
    for (const [what, [by]] of Object.entries(orders)) change(runs[what], by);
    for (const what of Object.keys(queued)) change(queued[what], orders[what][0]);
    change(created, () => '{}');
    database.close();
    server = await next(first, { LANES: 'io=30' });
  }, 120_000);
  afterAll(async () => {
    await server.stop();
  });

  test.each(Object.keys(orders))('a run whose order %s is lost, and says why', async (what) => {
    const record = await until(
      async () => (await server.send({ path: runs[what] })).json,
      ({ state }) => state === 'finished',
    );
    expect(record).toMatchObject({ end_reason: 'lost', success: false, error: expect.stringMatching(orders[what][1]) });
    expect(server.said()).toContain(`run ${idOf(runs[what])} is set aside: `);
  });

  test.each(['is cut', 'is null'])('a waiting run whose order %s is lost, too', async (what) => {
    const record = await until(
      async () => (await server.send({ path: queued[what] })).json,
      ({ state }) => state === 'finished',
    );
    expect(record).toMatchObject({ end_reason: 'lost', error: expect.stringMatching(orders[what][1]) });
  });

  test('a run that was only created says so when it is started, and can be removed', async () => {
    const answer = await server.send({ method: 'POST', path: `${created}start/` });
    expect([answer.status, answer.json.code]).toEqual([409, 'wrong_state']);
    expect(answer.json.detail).toMatch(/cannot be started: in the stored order 'definition' is missing/);
    expect((await server.send({ method: 'DELETE', path: created })).status).toBe(204);
  });

  test('a run whose order is whole keeps running, and one that waited starts, with groups of arguments', async () => {
    expect((await server.send({ path: well })).json).toMatchObject({ state: 'running', attempt: 1 });
    expect(await endOf(server, waiting)).toMatchObject({ end_reason: 'exit', success: true });
    expect(await logOf(server, waiting)).toBe('x --loud --tag a --tag b\n');
  });
});

describe('what a run that has ended without a server left of itself', () => {
  /** Runs whose init writes their end down while neither a server nor a launcher runs. */
  const faults: Record<string, [spoil: (control: string) => void, end: object]> = {
    'a record of its end that is garbage': [
      (control) => writeFileSync(`${control}/exit`, 'garbage'),
      { end_reason: 'lost', error: expect.stringMatching(/record of its end cannot be read/) },
    ],
    'a record of its end that is empty': [
      (control) => writeFileSync(`${control}/exit`, ''),
      { end_reason: 'lost', error: expect.stringMatching(/record of its end cannot be read/) },
    ],
    'a record of its end with words for numbers': [
      (control) => writeFileSync(`${control}/exit`, 'ended\0id\0exit\0many\0\0few\0\0'),
      { end_reason: 'lost', error: expect.stringMatching(/record of its end cannot be read/) },
    ],
    'a record of its end that is a folder': [
      (control) => folderAt(`${control}/exit`),
      { end_reason: 'lost', error: expect.stringMatching(/record of its end cannot be read/) },
    ],
    'no control directory': [(control) => rmSync(control, { recursive: true }), { end_reason: 'lost' }],
    'a log that is a folder': [(control) => folderAt(`${control}/log`), { end_reason: 'exit', exit_code: 4 }],
  };
  let server: TestServer;
  let well: string;
  const runs: Record<string, string> = {};
  beforeAll(async () => {
    const first = await startServer({ LANES: 'io=20' });
    for (const what of Object.keys(faults)) runs[what] = await running(first, shell('sleep 4; echo said; exit 4'));
    well = await running(first, shell('sleep 4; echo said; exit 4'));
    kill9(launcherOf(first.dataDir));
    await crash(first);
    const control = (path: string) => join(first.dataDir, 'runs', idOf(path));
    await until(
      () => [well, ...Object.values(runs)].every((path) => existsSync(`${control(path)}/exit`)),
      (all) => all,
    );
    for (const [what, [spoil]] of Object.entries(faults)) spoil(control(runs[what]));
    server = await next(first, { LANES: 'io=20' });
  }, 120_000);
  afterAll(async () => {
    await server.stop();
  });

  test.each(Object.keys(faults))('%s, ends that run with a reason', async (what) => {
    expect(await endOf(server, runs[what])).toMatchObject(faults[what][1]);
    expect((await server.send({ path: `${runs[what]}log/` })).status).toBeLessThan(600);
    expect((await server.send({ path: '/api/run/?limit=100' })).status).toBe(200);
  });

  test('everything, is taken over', async () => {
    expect(await endOf(server, well)).toMatchObject({ end_reason: 'exit', exit_code: 4, attempt: 1 });
    expect(await logOf(server, well)).toBe('said\n');
  });
});

test('a run whose note cannot be read is stopped and lost, and leaves no process', async () => {
  const first = await startServer();
  const run = await running(first, shell('sleep 1000', { stop: { grace: 1 } }));
  kill9(launcherOf(first.dataDir));
  await crash(first);
  const control = join(first.dataDir, 'runs', idOf(run));
  await until(
    () => existsSync(`${control}/note`),
    (there) => there,
  );
  writeFileSync(`${control}/note`, '{"root": 7');
  chmodSync(`${control}/note`, 0o600);
  const server = await next(first);
  expect(await endOf(server, run)).toMatchObject({
    end_reason: 'lost',
    error: expect.stringMatching(/could not be taken over from an earlier server/),
  });
  await server.stop();
});

test('records whose arguments and trigger are not JSON, or whose times are invalid, are shown in lists all the same', async () => {
  const first = await startServer();
  const { headers } = await first.send({ method: 'POST', path: '/api/run/', body: shell('true') });
  const path = new URL(headers.location as string, first.url).pathname;
  await endOf(first, path);
  await first.stop({ keep: true });
  const database = new Database(join(first.dataDir, 'registry.sqlite'));
  database.prepare('UPDATE run SET argv = ?, triggered_by = ?, started_at = ?, finished_at = ?').run('["cut', '{', -(2 ** 60), 2 ** 60);
  database.close();
  const server = await next(first);
  for (const shown of [path, '/api/run/']) expect((await server.send({ path: shown })).status).toBe(200);
  const { json } = await server.send({ path });
  expect(json).toMatchObject({ argv: [], started_at: '0001-01-01T00:00:00.000Z', finished_at: '9999-12-31T23:59:59.999Z' });
  await server.stop();
});
