// The serial writer over a database that refuses writes: which requests wait, which are refused, and what is stored in the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Availability } from '../../src/database/availability.js';
import { databaseFault } from '../../src/database/faults.js';
import { guardQueries } from '../../src/database/guarded-queries.js';
import { SerialWriter } from '../../src/database/serial-writer.js';
import { sqliteConnection } from '../../src/database/sqlite-connection.js';

let folder: string;
let source: DataSource;
let other: Database.Database;
let availability: Availability;
let writer: SerialWriter;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'procreg-writer-'));
  const file = join(folder, 'registry.sqlite');
  source = await new DataSource({ type: 'better-sqlite3', database: file, enableWAL: true }).initialize();
  await source.query('CREATE TABLE note (id integer PRIMARY KEY, text text)');
  other = new Database(file);
  availability = new Availability();
  guardQueries(source, availability);
  writer = new SerialWriter(source, availability);
});

afterEach(async () => {
  other.close();
  await source.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const note = (text: string) => writer.write((manager) => manager.query('INSERT INTO note (text) VALUES (?)', [text]));
const noteSurely = (text: string, late?: () => void) =>
  writer.writeSurely((manager) => manager.query('INSERT INTO note (text) VALUES (?)', [text]), late);
const notes = () => other.prepare('SELECT text FROM note ORDER BY id').pluck().all();
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    ({ code, fields, message }) => ({ code, message, ...fields }),
  );

/** The longest time in milliseconds for which the event loop was blocked. */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  let [longestMs, last] = [0, performance.now()];
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }, 5);
  await work.catch(() => {});
  clearInterval(timer);
  return longestMs;
}

test('a locked database refuses a client in time, never blocks the event loop, and stores what must be stored in order', async () => {
  other.exec('BEGIN IMMEDIATE');
  const beganMs = performance.now();
  let late = 0;
  const sure = [noteSurely('one', () => late++), noteSurely('two')];
  const refused = faultOf(note('never'));
  const locked = { code: 'database_unreachable', message: 'the database is locked by other clients', retryAfterSeconds: 5 };
  expect(await longestTurn(refused)).toBeLessThan(1000);
  expect(await refused).toEqual(locked);
  expect(performance.now() - beganMs).toBeLessThan(6000);
  expect(late).toBe(1);
  expect(await faultOf(writer.check())).toEqual(locked);
  other.exec('COMMIT');
  await Promise.all(sure);
  expect(notes()).toEqual(['one', 'two']);
  await expect.poll(() => availability.fault, { timeout: 5000 }).toBeNull();
  await writer.check();
});

test('a lock that is soon released refuses no write, and is not told as a loss of the database', async () => {
  other.exec('BEGIN IMMEDIATE');
  const stored = note('one');
  await sleep(300);
  other.exec('COMMIT');
  await stored;
  expect(notes()).toEqual(['one']);
  expect(availability.fault).toBeNull();
});

test('a write that fails by itself is told so at once, and the others of its batch are stored', async () => {
  const [good, bad, last] = await Promise.all([
    faultOf(note('good')),
    faultOf(writer.write(async () => Promise.reject(Object.assign(new Error('mine'), { code: 'mine' })))),
    faultOf(note('last')),
  ]);
  expect([good, bad?.code, last]).toEqual([null, 'mine', null]);
  expect(notes()).toEqual(['good', 'last']);
});

test('a full database says so, also in the middle of a transaction, and takes all writes again afterwards', async () => {
  const connection = sqliteConnection(source)!;
  connection.pragma('max_page_count = 3');
  const long = 'x'.repeat(100_000);
  const sure = noteSurely(long);
  expect(await faultOf(note(long))).toMatchObject({ code: 'disk_full' });
  expect(notes()).toEqual([]);
  connection.pragma('max_page_count = 1000000');
  await sure;
  expect(notes()).toEqual([long]);
});

test('a read-only database refuses writes, and answers reads', async () => {
  const connection = sqliteConnection(source)!;
  connection.pragma('query_only = ON');
  expect(await faultOf(note('one'))).toMatchObject({ code: 'database_unreachable', message: 'the database is read-only' });
  expect(await source.query('SELECT count(*) AS n FROM note')).toEqual([{ n: 0 }]);
  connection.pragma('query_only = OFF');
  await note('two');
  expect(notes()).toEqual(['two']);
});

test('a missing table is a fault of the database, and a wrong statement one of the server', async () => {
  other.exec('DROP TABLE note');
  const gone = await source.query('SELECT 1 FROM note').catch((error) => error);
  expect(databaseFault(gone)?.message).toBe('the database has lost its tables');
  expect(databaseFault(await source.query('SELEC').catch((error) => error))).toBeNull();
});

test('jobs of a crowd that come one after the other share a transaction, others do not', async () => {
  // how many rows another connection sees while the job is done
  const seenBy = (gather: boolean) =>
    writer.write(
      async (manager) => {
        const seen = notes().length;
        await manager.query('INSERT INTO note (text) VALUES (?)', ['']);
        return seen;
      },
      { gather },
    );
  const pairs = async (gather: boolean, ticks: number) => {
    let together = 0;
    for (let tries = 0; tries < 50; tries++) {
      const first = seenBy(gather);
      for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
      const second = seenBy(gather);
      if ((await first) === (await second)) together++;
      await sleep(2);
    }
    return together;
  };
  expect(await pairs(false, 3)).toBe(0);
  // a busy machine may take longer than the job waits
  expect(await pairs(true, 1)).toBeGreaterThan(0);
});
