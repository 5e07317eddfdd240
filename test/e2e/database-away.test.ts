// Runs and requests while the database is away: no end is lost, nothing is done twice, every request gets the same answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type EndingRun, endedOnce, endingRun, type Leaving, leavingDatabase, notesFolder, slowestLive } from '../support/away.js';
import { bound } from '../support/bindings.js';
import { type DatabaseName, databases } from '../support/databases.js';
import { query, startMariaDb } from '../support/mariadb.js';
import { runsOf } from '../support/programs.js';
import { crash, endOf, idOf, logOf, next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { once, service, startService } from '../support/services.js';

/** Longer than any patience of the server. */
const awayMs = 16_000;

interface Ending extends EndingRun {
  server: TestServer;
  database: Leaving;
  end: () => Promise<void>;
}

/** A run with a retry, the end of which comes while the database is away. */
async function endingAway(name: DatabaseName, settings: Record<string, string> = {}): Promise<Ending> {
  const database = await leavingDatabase(name);
  const server = await startServer({ ...database.settings, ...settings, RUN_AS: 'root' });
  const ending = await endingRun(server, notesFolder());
  await database.leave(server);
  return { ...ending, server, database, end: () => database.end().then(ending.removeNotes) };
}

/** Also the reason, in the body. */
async function refusedSoon(server: TestServer, sent: Parameters<TestServer['send']>[0]): Promise<void> {
  const beganMs = performance.now();
  const { status, headers, json, text } = await server.send(sent);
  expect([status, json.code], text).toEqual([503, 'database_unreachable']);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(performance.now() - beganMs).toBeLessThan(8000);
}

describe.each(databases)('while the database %s is away', (name) => {
  test('the end of a run is told by every request alike, new work is refused, and all is stored afterwards', {
    timeout: 180_000,
  }, async () => {
    const { server, database, definition, run, times, end } = await endingAway(name);
    const away = sleep(awayMs);
    const live = slowestLive(server, away);
    expect(await endOf(server, run)).toMatchObject(endedOnce);
    expect((await server.send({ path: run })).json).toMatchObject(endedOnce);
    expect(await logOf(server, run)).toBe('begun\nended\n');
    expect((await server.send({ method: 'POST', path: `${run}stop/` })).json.code).toBe('wrong_state');
    const execute = { method: 'POST', path: `${definition}execute/` };
    const writes = [
      { method: 'DELETE', path: run },
      execute,
      { method: 'PUT', path: definition, body: { definition: { exec: '/bin/true' } } },
    ];
    await Promise.all([...writes, { path: '/api/run/?state=running' }].map((sent) => refusedSoon(server, sent)));
    await refusedSoon(server, { path: '/health/ready', login: '' });
    await away;
    expect(await live).toBeLessThan(1000);
    await database.back();
    await until(
      () => server.send({ path: '/health/ready' }),
      ({ status }) => status === 200,
    );
    expect((await server.send({ path: '/api/run/?state=finished' })).json.objects).toMatchObject([{ id: idOf(run) }]);
    expect(await database.rows(server, 'SELECT state, end_reason, exit_code, attempt FROM run')).toEqual([
      { state: 'finished', end_reason: 'exit', exit_code: 3, attempt: 1 },
    ]);
    expect((await server.send({ ...execute })).status).toBe(422);
    expect((await server.send({ method: 'DELETE', path: run })).status).toBe(204);
    expect(times()).toBe(2);
    const told = server.said().match(/"context":"database"/g) ?? [];
    expect(told.length, server.said()).toBeLessThanOrEqual(4);
    await server.stop();
    await end();
  });

  test.each(['native', 'child_process'])(
    'an end under the launcher %s outlives kill -9 of the server',
    { timeout: 180_000 },
    async (LAUNCHER) => {
      const { server, database, run, times, end } = await endingAway(name, { LAUNCHER });
      await endOf(server, run);
      await sleep(1000);
      await crash(server);
      await database.back();
      const after = await next(server, { ...database.settings, LAUNCHER });
      expect((await after.send({ path: run })).json).toMatchObject(endedOnce);
      expect(await logOf(after, run)).toBe('begun\nended\n');
      await sleep(1500);
      expect(times()).toBe(1);
      await after.stop();
      await end();
    },
  );

  test('a service that ends is started again once that is stored, and messages of a binding wait', { timeout: 180_000 }, async () => {
    const database = await leavingDatabase(name);
    const server = await startServer(database.settings);
    const { run } = await startService(server, service('echo up; sleep 3; exit 1', { restart: { backoff: 0.1 } }));
    const binding = await bound(server, { exec: '/usr/bin/tr', argv: ['a-z', 'A-Z'] }, { concurrency: 2 });
    await once(server, run, ({ state }) => state === 'running');
    await database.leave(server);
    for (const body of ['one', 'two', 'three'])
      expect((await server.send({ method: 'POST', path: `/api/stream/${binding.input}/`, body })).status).toBe(202);
    await sleep(6000);
    expect((await server.send({ path: run })).json).toMatchObject({ state: 'queued', attempt: 2 });
    await database.back();
    await once(server, run, ({ state, attempt }) => state === 'running' && attempt >= 2);
    const { state } = await once(server, binding.path, (json) => json.state.handled === 3);
    expect(state).toMatchObject({ failed: 0, in_flight: 0, error: null });
    expect((await runsOf(server, binding.definition)).map((one: { success: boolean }) => one.success)).toEqual([true, true, true]);
    await server.stop();
    await database.end();
  });
});

test('a MariaDB that does not answer, refuses, or kills connections causes no 500, and does not keep the server from shutting down', {
  timeout: 180_000,
}, async () => {
  const maria = await startMariaDb();
  for (const sql of ['CREATE DATABASE registry', "CREATE USER app@'127.0.0.1'", "GRANT ALL ON registry.* TO app@'127.0.0.1'"])
    await query(maria.port, sql);
  const server = await startServer({ DATABASE_URL: `mysql://app@127.0.0.1:${maria.port}/registry` });
  const put = (count: number) =>
    server.send({ method: 'PUT', path: '/api/process_definition/one/', body: { definition: { exec: '/bin/true', argv: [`${count}`] } } });
  expect((await put(0)).status).toBe(201);
  const ready = () => server.send({ path: '/health/ready', login: '' });
  const isBack = () => until(ready, ({ status }) => status === 200);
  const refuses = async () => {
    await refusedSoon(server, { method: 'PUT', path: '/api/process_definition/one/', body: { definition: { exec: '/bin/false' } } });
    await refusedSoon(server, { path: '/health/ready', login: '' });
  };

  await query(maria.port, 'SET GLOBAL read_only = 1');
  await refuses();
  await query(maria.port, 'SET GLOBAL read_only = 0');
  await isBack();

  process.kill(maria.pid(), 'SIGSTOP');
  await refuses();
  process.kill(maria.pid(), 'SIGCONT');
  await isBack();

  const killer = (async () => {
    for (let round = 0; round < 20; round++) {
      const list = (await query(maria.port, "SELECT id FROM information_schema.processlist WHERE user = 'app'")) as { id: number }[];
      for (const { id } of list) await query(maria.port, `KILL ${id}`).catch(() => {});
      await sleep(50);
    }
  })();
  const answers = await Promise.all(Array.from({ length: 60 }, (_, count) => sleep(count * 20).then(() => put(count))));
  await killer;
  for (const { status, text } of answers) expect([200, 204, 503], text).toContain(status);
  await isBack();
  expect((await put(100)).status).toBeLessThan(300);
  await maria.halt();
  const beganMs = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - beganMs).toBeLessThan(20_000);
  await maria.stop();
});
