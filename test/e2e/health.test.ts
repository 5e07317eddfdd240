// The probes of an orchestrator: live as long as the process answers, ready as long as requests are welcome.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendLocally, socketOf } from '../support/local-socket.js';
import { type MariaDb, query, startMariaDb } from '../support/mariadb.js';
import { metricOf } from '../support/metrics.js';
import { begun, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '30' });
});

afterAll(async () => {
  await server.stop();
});

test('live and ready answer without login', async () => {
  const live = await server.send({ path: '/health/live', login: '' });
  expect([live.status, live.json]).toEqual([200, { status: 'live' }]);
  const ready = await server.send({ path: '/health/ready/', login: '' });
  expect([ready.status, ready.json]).toEqual([200, { status: 'ready' }]);
});

test('An admin reads which server this is, and how much of its disk is free', async () => {
  const { json } = await server.send({ path: '/api/server/' });
  expect(json).toMatchObject({ pid: server.pid, url: server.url });
  expect(json.disk.free_bytes).toBeGreaterThan(2 ** 20);
  expect(json.disk.total_bytes).toBeGreaterThan(json.disk.free_bytes);
});

test('a server whose database is away is live, and says why it is not ready', async () => {
  const database: MariaDb = await startMariaDb();
  await query(database.port, 'CREATE DATABASE registry');
  const orphan = await startServer({ DATABASE_URL: `mysql://root@127.0.0.1:${database.port}/registry` });
  expect((await orphan.send({ path: '/health/ready', login: '' })).status).toBe(200);
  await database.stop();
  // readiness is cached for a moment
  await expect.poll(async () => (await orphan.send({ path: '/health/ready', login: '' })).status).toBe(503);
  const ready = await orphan.send({ path: '/health/ready', login: '' });
  expect([ready.status, ready.json.code]).toEqual([503, 'database_unreachable']);
  expect(ready.headers['content-type']).toBe('application/problem+json');
  expect((await orphan.send({ path: '/health/live', login: '' })).status).toBe(200);
  expect((await orphan.send({ path: '/health', login: '' })).status).toBe(503);
  orphan.process.kill('SIGKILL');
  await orphan.stop();
});

test('a server that is stopping is live, and not ready', async () => {
  const path = await begun(server, shell('sleep 60'));
  // a client waits for this run, so the server keeps answering for a while
  const waiting = server.send({ path: `${path}wait/?timeout=60` });
  await expect.poll(async () => metricOf((await server.send({ path: '/metrics' })).text, 'procreg_runs', { state: 'running' })).toBe('1');
  server.process.kill('SIGTERM');
  // it takes further connections through its own socket only
  const ready = () => sendLocally(socketOf(server.dataDir), { path: '/health/ready' });
  await expect.poll(async () => (await ready()).status).toBe(503);
  expect((await ready()).json.code).toBe('shutting_down');
  expect((await sendLocally(socketOf(server.dataDir), { path: '/health/live' })).status).toBe(200);
  server.process.kill('SIGKILL');
  await waiting.catch(() => {});
});
