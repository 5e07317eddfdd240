// Runs several reads that see the same state, whatever is written meanwhile.
import type { DataSource } from 'typeorm';

export type Query = <Row>(sql: string, parameters?: unknown[]) => Promise<Row[]>;

/**
 * On SQLite nothing is written between two reads that wait for nothing else: the serial writer begins in a separate turn of the
 * event loop, and better-sqlite3 answers within the turn. MySQL reads through a connection in a read-only transaction.
 */
export async function readSnapshot<Result>(dataSource: DataSource, read: (query: Query) => Promise<Result>): Promise<Result> {
  if (dataSource.options.type === 'better-sqlite3') return read((sql, parameters) => dataSource.query(sql, parameters));
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return await read((sql, parameters) => runner.query(sql, parameters));
  } finally {
    await runner.query('COMMIT').catch(() => {});
    await runner.release();
  }
}
