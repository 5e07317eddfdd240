// One transaction: begun, worked in, committed; undone when anything goes wrong.
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { ensureFile } from './database-file.js';
import { databaseFault, isRefusal, UnsureCommit } from './faults.js';
import { sqliteConnection, sqliteStatement } from './sqlite-connection.js';

/** Does its database work with `manager` alone, and may be tried a second time. */
export type WriteJob<Result> = (manager: EntityManager) => Promise<Result>;

/** A row or a table that others hold is waited for by the writer, which lets go of its own meanwhile. */
const lockWaitSeconds = 2;
/** The connections that know that. */
const prepared = new WeakSet<object>();

/** Throws what the work throws, a DatabaseFault, and UnsureCommit when nobody knows whether it is stored. */
export function inTransaction<Result>(dataSource: DataSource, work: WriteJob<Result>): Promise<Result> {
  return sqliteConnection(dataSource) ? inSqlite(dataSource, work) : inMysql(dataSource.createQueryRunner(), work);
}

/** TypeORM's own transaction costs as much as the statements in it; on its one connection to SQLite nothing of it is needed. */
async function inSqlite<Result>(dataSource: DataSource, work: WriteJob<Result>): Promise<Result> {
  await ensureFile(dataSource);
  const sqlite = sqliteConnection(dataSource)!;
  const say = (sql: string) => sqliteStatement(sqlite, sql).run();
  try {
    say('BEGIN IMMEDIATE');
    const result = await work(dataSource.manager);
    say('COMMIT');
    return result;
  } catch (error) {
    if (sqlite.inTransaction) say('ROLLBACK');
    throw databaseFault(error) ?? error;
  }
}

async function inMysql<Result>(runner: QueryRunner, work: WriteJob<Result>): Promise<Result> {
  let isWhole = false;
  try {
    await prepare(runner);
    await runner.startTransaction();
    const result = await work(runner.manager);
    isWhole = true;
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
    const fault = databaseFault(error);
    throw fault && isWhole && !isRefusal(fault) ? new UnsureCommit(fault) : (fault ?? error);
  } finally {
    await runner.release();
  }
}

async function prepare(runner: QueryRunner): Promise<void> {
  const connection: object = await runner.connect();
  if (prepared.has(connection)) return;
  await runner.query(`SET SESSION innodb_lock_wait_timeout = ${lockWaitSeconds}, SESSION lock_wait_timeout = ${lockWaitSeconds}`);
  prepared.add(connection);
}
