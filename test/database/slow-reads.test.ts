// Reads that take long: one at a time, in turn for each user, and stopped when nobody waits for them any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reader } from '../../src/database/read-queue.js';
import type { SlowReads } from '../../src/database/slow-reads.js';
import { projectRoot } from '../support/server.js';

let folder: string;
let source: DataSource;
let reads: SlowReads;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'procreg-reads-'));
  const file = join(folder, 'registry.sqlite');
  source = await new DataSource({ type: 'better-sqlite3', database: file, enableWAL: true }).initialize();
  // the thread is a file of its own, which only the compiled tree has
  const compiled = await import(join(projectRoot, 'dist/src/database/slow-reads.js'));
  reads = new compiled.SlowReads(source);
});

afterAll(async () => {
  await source.destroy();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts to the number; 10 million take about a second. */
const count = (end: number, reader: Reader) =>
  reads.read(async (query) => {
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${end})`;
    return (await query<{ n: number }>(`${numbers} SELECT COUNT(*) AS n FROM numbers`))[0].n;
  }, reader);

const refusal = (read: Promise<unknown>) => read.then(() => 'none').catch(({ code, message }) => `${code}: ${message}`);

test('a read whose caller has gone away stops at once, and waiting ones of other callers who have gone away never begin', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const endless = refusal(count(1e12, { userId: 1, signal: first.signal }));
  const waiting = refusal(count(1e12, { userId: 1, signal: second.signal }));
  const last = count(20, { userId: 1 });
  setTimeout(() => second.abort(), 100);
  expect(await waiting).toBe('not_ready: the caller has gone away');
  first.abort();
  expect([await endless, await last]).toEqual([expect.stringContaining('not_ready'), 20]);
  expect(await refusal(count(1e12, { userId: 1, signal: first.signal }))).toContain('gone away');
});

test('users take turns, and of one user at most three reads wait', async () => {
  const begun = new AbortController();
  const order: number[] = [];
  const reader = async (userId: number) => order.push(await count(userId, { userId }));
  const endless = refusal(count(1e12, { userId: 1, signal: begun.signal }));
  const all = [reader(1), reader(1), reader(1), reader(2), reader(3), reader(2)];
  expect(await refusal(count(1, { userId: 1 }))).toBe('not_ready: 3 of your lists that take long to read are waiting');
  begun.abort();
  await Promise.all([endless, ...all]);
  expect(order).toEqual([1, 2, 3, 1, 2, 1]);
});
