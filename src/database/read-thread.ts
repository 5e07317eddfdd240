// The worker thread that reads SQLite for lists that take long: it opens the file for one snapshot at a time, read-only, and closes it again.
import { parentPort, workerData } from 'node:worker_threads';
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
/** Not 0: the present read must stop, since nobody waits for it any more. */
const stopped = workerData as Int32Array;

/** SQLite cannot be interrupted within a statement, but a function may throw: it is called at one row in 16, as a call costs more than reading a small row. */
const stoppable = 'WHERE (random() & 15 <> 0 OR goes_on()) AND ';

function goesOn(): number {
  if (Atomics.load(stopped, 0) !== 0) throw new Error('stopped');
  return 1;
}

function close(): unknown[] {
  database?.close();
  database = undefined;
  return [];
}

function open(file: string): unknown[] {
  close();
  database = openSqlite(file, { readonly: true });
  database.pragma('cache_size = -32768');
  database.function('goes_on', goesOn);
  database.exec('BEGIN');
  return [];
}

function answer({ file, sql, parameters = [] }: ReadTask): ReadAnswer {
  try {
    if (file !== undefined) return { rows: open(file) };
    if (sql === undefined) return { rows: close() };
    goesOn();
    return { rows: (database as Database).prepare(sql.replaceAll('WHERE ', stoppable)).all(...parameters) };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { code: message === 'stopped' ? 'stopped' : code, message };
  }
}

parentPort?.on('message', (task: ReadTask) => parentPort?.postMessage(answer(task)));
