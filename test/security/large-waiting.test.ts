// Calls of a large definition that wait for their turn: each of them holds the definition, which is in memory once.
import { beforeAll, expect, test } from 'vitest';
import { memoryBytes } from '../support/processes.js';
import { store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const calls = 300;
const files = { large: 'x'.repeat(1_000_000) };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ LANES: 'io=1' });
  expect((await store(server, { name: 'large', exec: 'sleep', argv: ['30'], files })).status).toBe(201);
});

test('300 of them with a megabyte each take a fraction of that', async () => {
  const path = '/api/process_definition/large/execute/';
  const answers = Array.from({ length: calls }, () => server.send({ method: 'POST', path }).catch(() => 'ended with the server'));
  const waiting = async () => (await server.send({ path: '/api/run/?state=queued&limit=1' })).json.meta.total_count as number;
  await expect.poll(waiting).toBe(calls - 1);
  await expect.poll(() => memoryBytes(server.pid, 'VmRSS')).toBeLessThan(400 * 2 ** 20);
  await server.stop();
  await Promise.all(answers);
});
