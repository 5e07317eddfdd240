// Before a database with data is migrated, it is copied; without the copy nothing is migrated.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { databaseContents } from '../../src/app/database-contents.js';
import { runRole } from '../support/role.js';
import { startServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-copies-'));
const [{ name: first }] = databaseContents.migrations;
let dataDir: string;
let file: string;
let copy: string;
let made = 0;

/** As an older version might have left it: something is in it, and every migration of today is pending. */
beforeEach(() => {
  dataDir = join(folder, `data${++made}`);
  mkdirSync(dataDir);
  file = join(dataDir, 'registry.sqlite');
  copy = `${file}.before-${first}`;
  const older = new Database(file);
  older.exec("CREATE TABLE heirloom (worth text); INSERT INTO heirloom VALUES ('much')");
  older.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function tablesOf(path: string): unknown[] {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  } finally {
    database.close();
  }
}

function expectCopy(): void {
  expect(tablesOf(copy)).toEqual(['heirloom']);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(tablesOf(file)).toEqual(expect.arrayContaining(['heirloom', 'run']));
}

test('a boot creates the copy, and says so in the log', async () => {
  const server = await startServer({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' }, { dataDir });
  expect(server.said()).toContain(JSON.stringify(copy));
  expect(server.said()).toContain('copied before the migration');
  await server.stop({ keep: true });
  expectCopy();
});

test('procreg server migrate creates the copy, and says so', async () => {
  const { code, stdout } = await runRole(['migrate'], { DATA_DIR: dataDir });
  expect([code, stdout]).toEqual([0, expect.stringContaining(`Copied the database to ${copy}.`)]);
  expectCopy();
});

test('neither a database without pending migrations nor a new one is copied', async () => {
  expect((await runRole(['migrate'], { DATA_DIR: dataDir })).code).toBe(0);
  rmSync(copy);
  expect((await runRole(['migrate'], { DATA_DIR: dataDir })).stdout).toBe('The database is up to date.\n');
  const fresh = join(folder, 'fresh');
  mkdirSync(fresh);
  await (await startServer({}, { dataDir: fresh })).stop({ keep: true });
  for (const place of [dataDir, fresh]) expect(readdirSync(place).filter((name) => name.includes('before'))).toEqual([]);
});

test.each([['serve'], ['migrate']])('a copy that cannot be written stops %s in one line, with nothing migrated', async (role) => {
  mkdirSync(join(copy, 'in-the-way'), { recursive: true });
  const { code, stderr } = await runRole([role], { DATA_DIR: dataDir, PORT: '0' });
  expect([code, stderr.trimEnd().split('\n')]).toEqual([
    1,
    [expect.stringContaining(`the database is not migrated, because the copy ${copy}`)],
  ]);
  expect(tablesOf(file)).toEqual(['heirloom']);
  expect(existsSync(`${copy}.part`)).toBe(false);
});
