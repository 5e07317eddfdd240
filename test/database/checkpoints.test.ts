// The write-ahead log of SQLite reaches the file while the server runs, by a thread, and whole at its end.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/restarts.js';
import { removeFolder, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let file: string;
beforeAll(async () => {
  server = await startServer();
  file = join(server.dataDir, 'registry.sqlite');
});
afterAll(() => removeFolder(server.dataDir));

const description = 'x'.repeat(10_000);
const create = async () => {
  const body = { definition: { exec: '/bin/true', description } };
  expect((await server.send({ method: 'POST', path: '/api/process_definition/', body })).status).toBe(201);
};

test('of some hundred writes most is in the file soon, and the log stays as small as these', async () => {
  const before = statSync(file).size;
  for (let count = 0; count < 250; count++) await create();
  await until(
    () => statSync(file).size - before,
    (grown) => grown > 100 * description.length,
  );
  expect(statSync(`${file}-wal`).size).toBeLessThan(64 * 2 ** 20);
});

test('a stop in the middle of writes and checkpoints leaves one whole file and no log', async () => {
  const writes = Array.from({ length: 300 }, () => create().catch(() => {}));
  await writes[99];
  await server.stop({ keep: true });
  await Promise.all(writes);
  expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false]);
  const left = new Database(file, { readonly: true });
  expect(left.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(left.prepare('SELECT COUNT(*) FROM process_definition').pluck().get()).toBeGreaterThanOrEqual(350);
  left.close();
});
