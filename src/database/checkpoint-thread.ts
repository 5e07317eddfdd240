// The worker thread that brings the write-ahead log of SQLite into the file: a checkpoint waits for the disk, which no request may wait for.
import { parentPort } from 'node:worker_threads';
import { openSqlite } from './sqlite-file.js';

/** PASSIVE: takes what is there, and never waits for a reader or a writer. */
function checkpoint(file: string): void {
  const database = openSqlite(file);
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } finally {
    database.close();
  }
}

parentPort?.on('message', (file: string) => {
  checkpoint(file);
  parentPort?.postMessage('done');
});
