// The data source: SQLite in a file, MySQL, or MariaDB, which is recognized by its version.
import { chmodSync, closeSync, openSync } from 'node:fs';
import type { DataSourceOptions, EntityTarget, MigrationInterface } from 'typeorm';
import { longestLogPages } from './checkpoints.js';
import { useColumnTypes } from './column-types.js';
import type { DatabaseTarget } from './database-url.js';

export interface DatabaseSettings {
  target: DatabaseTarget;
  /** `process`: data survives kill -9; `power`: data also survives a power cut. */
  durability: 'process' | 'power';
}

/** What the data source holds: the entities of all modules and the migrations, listed by the module that wires the application. */
export interface DatabaseContents {
  entities: EntityTarget<object>[];
  migrations: (new () => MigrationInterface)[];
}

export async function dataSourceOptions(settings: DatabaseSettings, contents: DatabaseContents): Promise<DataSourceOptions> {
  const { target } = settings;
  const common = { ...contents, synchronize: false, migrationsTransactionMode: 'each' as const, logging: false } as object;
  if (target.kind === 'sqlite') {
    useColumnTypes('better-sqlite3');
    return { ...common, type: 'better-sqlite3', database: target.file, prepareDatabase: (database) => prepare(database, settings) };
  }
  const kind = await serverKind(target);
  const { host, port, user: username, password, database } = target;
  useColumnTypes(kind);
  return { ...common, type: kind, host, port, username, password, database, charset: 'utf8mb4', poolSize: 10, connectTimeout: 3000 };
}

interface SqliteDatabase {
  pragma(text: string): unknown;
}

function prepare(database: SqliteDatabase, { durability }: DatabaseSettings): void {
  database.pragma('busy_timeout = 5000');
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  // 16 MiB: the system caches the file as well, and a read of many rows would fill a larger cache for good
  database.pragma('cache_size = -16384');
  database.pragma('foreign_keys = ON');
  database.pragma(`wal_autocheckpoint = ${longestLogPages}`);
}

/** Creates the file first, so that nobody else can read it; an existing file keeps its contents. */
export function protectSqliteFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Throws an Error when the database on a server has no tables, although they were created before. */
export async function refuseEmpty(
  { host, port, user, password, database }: DatabaseTarget & { kind: 'mysql' },
  advice: string,
): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ host, port, user, password, database, connectTimeout: 10_000 });
  try {
    const [tables] = await connection.query("SHOW TABLES LIKE 'migrations'");
    if ((tables as unknown[]).length === 0) throw new Error(`it is empty, although its tables were created before; ${advice}`);
  } finally {
    await connection.end();
  }
}

/** MariaDB must be called by its own name, or the schema test reports false differences. */
async function serverKind({ host, port, user, password, database }: DatabaseTarget & { kind: 'mysql' }): Promise<'mysql' | 'mariadb'> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ host, port, user, password, database, connectTimeout: 10_000 });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return /mariadb/i.test((rows as { version: string }[])[0].version) ? 'mariadb' : 'mysql';
  } finally {
    await connection.end();
  }
}
