// The lock that allows only one server per DATA_DIR; the system releases it when its holder dies, however that happens.
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Throws an Error in one line when another server holds the directory. Returns a function that releases the lock. */
export function lockDataDirectory(dataDir: string): () => void {
  const Database = require('better-sqlite3') as new (file: string, options: { timeout: number }) => SqliteHandle;
  const file = join(dataDir, 'lock');
  closeSync(openSync(file, 'a', 0o600));
  const lock = new Database(file, { timeout: 200 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new Error(`another server is running on ${dataDir}`);
    throw error;
  }
  return () => lock.close();
}

interface SqliteHandle {
  pragma(text: string): unknown;
  exec(sql: string): void;
  close(): void;
}
