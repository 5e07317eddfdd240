// Databases that go away and come back while a server uses them.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { DatabaseName } from './databases.js';
import { query, startMariaDb } from './mariadb.js';
import { defined, shellWith } from './programs.js';
import { until } from './restarts.js';
import { removeFolder, type TestServer } from './server.js';

export interface Leaving {
  settings: Record<string, string>;
  /** From now on it takes nothing. */
  leave: (server: TestServer) => Promise<void>;
  back: () => Promise<void>;
  /** The rows of a query, asked of the database itself. */
  rows: (server: TestServer, sql: string) => Promise<Record<string, unknown>[]>;
  end: () => Promise<void>;
}

/** A private MariaDB that is ended and started again, or the SQLite file of a server that this process locks. */
export function leavingDatabase(name: DatabaseName): Promise<Leaving> {
  return name === 'MariaDB' ? leavingMariaDb() : Promise.resolve(lockedSqlite());
}

async function leavingMariaDb(): Promise<Leaving> {
  const maria = await startMariaDb();
  await query(maria.port, 'CREATE DATABASE registry');
  return {
    settings: { DATABASE_URL: `mysql://root@127.0.0.1:${maria.port}/registry` },
    leave: () => maria.halt(),
    back: () => maria.resume(),
    rows: (_server, sql) => query(maria.port, sql, 'registry') as Promise<Record<string, unknown>[]>,
    end: () => maria.stop(),
  };
}

/** Nobody else writes to the database in this DATA_DIR until what it returns is called. */
export function lockSqlite(dataDir: string): () => void {
  const holder = new Database(join(dataDir, 'registry.sqlite'), { timeout: 5000 });
  holder.exec('BEGIN EXCLUSIVE');
  return () => holder.close();
}

function lockedSqlite(): Leaving {
  let release = () => {};
  return {
    settings: {},
    leave: async ({ dataDir }) => {
      release = lockSqlite(dataDir);
    },
    back: async () => release(),
    rows: async ({ dataDir }, sql) => {
      const database = new Database(join(dataDir, 'registry.sqlite'), { readonly: true, timeout: 5000 });
      try {
        return database.prepare(sql).all() as Record<string, unknown>[];
      } finally {
        database.close();
      }
    },
    end: async () => {},
  };
}

/** The longest that /health/live took in milliseconds, until `done`. */
export async function slowestLive(server: TestServer, done: Promise<unknown>): Promise<number> {
  let [slowestMs, over] = [0, false];
  void done.then(() => (over = true));
  while (!over) {
    const beganMs = performance.now();
    await server.send({ path: '/health/live', login: '' });
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    await sleep(50);
  }
  return slowestMs;
}

/** Where a program notes that it has run. */
export const notesFolder = () => mkdtempSync(join(tmpdir(), 'procreg-notes-'));

export interface EndingRun {
  definition: string;
  /** Its path. */
  run: string;
  /** How often its program has run to its end. */
  times: () => number;
  removeNotes: () => Promise<void>;
}

/** A run with a retry whose program ends in less than two seconds, with 3; the server must run programs as itself. */
export async function endingRun(server: TestServer, folder: string): Promise<EndingRun> {
  const script = 'echo begun; sleep 2; echo ran >>"$1/ran"; echo ended; exit 3';
  const definition = await defined(server, shellWith(script, [folder], { retries: 1, input_type: 'none' }));
  const { json } = await server.send({ method: 'POST', path: `${definition}execute/`, headers: { prefer: 'respond-async' } });
  const run: string = json.resource_uri;
  await until(
    () => server.send({ path: run }),
    (answer) => answer.json.state === 'running',
  );
  await sleep(300);
  const times = () => readFileSync(join(folder, 'ran'), 'utf8').split('\n').length - 1;
  return { definition, run, times, removeNotes: () => removeFolder(folder) };
}

/** What its record says in the end. */
export const endedOnce = { state: 'finished', end_reason: 'exit', exit_code: 3, success: false, attempt: 1 };
