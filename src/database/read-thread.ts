// The worker thread that reads SQLite for lists that take long: it opens the file for one snapshot at a time, read-only, and closes it again.
import { parentPort } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { openSqlite } from './sqlite-file.js';

/** `file` opens a snapshot, `sql` is read in it, neither closes it. */
export interface ReadTask {
  file?: string;
  sql?: string;
  parameters?: unknown[];
}

export type ReadAnswer = { rows: unknown[] } | { code: string | undefined; message: string };

let database: Database | undefined;

function close(): unknown[] {
  database?.close();
  database = undefined;
  return [];
}

function open(file: string): unknown[] {
  close();
  database = openSqlite(file, { readonly: true });
  database.pragma('cache_size = -32768');
  database.exec('BEGIN');
  return [];
}

function answer({ file, sql, parameters = [] }: ReadTask): ReadAnswer {
  try {
    if (file !== undefined) return { rows: open(file) };
    return { rows: sql === undefined ? close() : (database as Database).prepare(sql).all(...parameters) };
  } catch (error) {
    return { code: (error as { code?: string }).code, message: (error as Error).message };
  }
}

parentPort?.on('message', (task: ReadTask) => parentPort?.postMessage(answer(task)));
