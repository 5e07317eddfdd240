// Opens, copies and checks one SQLite file without TypeORM; the file is copied completely while others write to it.
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Database } from 'better-sqlite3';

/** Loads better-sqlite3 by name at run time: it is native and stays outside the bundle. */
const load = () => createRequire(import.meta.url)('better-sqlite3') as new (file: string, options?: object) => Database;

export function openSqlite(file: string, { readonly = false }: { readonly?: boolean } = {}): Database {
  return new (load())(file, { readonly, fileMustExist: true, timeout: 30_000 });
}

/** Copies one state of `file`, whatever is written meanwhile, into a file (0600) that exists completely or not at all. */
export function copySqlite(file: string, copy: string): void {
  const part = `${copy}.part`;
  rmSync(part, { force: true });
  // VACUUM INTO accepts an empty file; because the file is created here, nobody else can read it
  closeSync(openSync(part, 'wx', 0o600));
  const source = openSqlite(file, { readonly: true });
  try {
    source.prepare('VACUUM INTO ?').run(part);
    renameSync(part, copy);
  } finally {
    source.close();
    rmSync(part, { force: true });
  }
}

/** Throws an Error that names the first fault. */
export function checkIntegrity(database: Database): void {
  const found = database.pragma('integrity_check(1)', { simple: true });
  if (found !== 'ok') throw new Error(`the database is damaged: ${String(found).replaceAll('\n', ' ')}`);
}

/** The names of the migrations that this database has seen; undefined when it holds no table at all. */
export function migrationsOf(database: Database): Set<string> | undefined {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  if (tables.length === 0) return undefined;
  return new Set(tables.includes('migrations') ? (database.prepare('SELECT name FROM migrations').pluck().all() as string[]) : []);
}
