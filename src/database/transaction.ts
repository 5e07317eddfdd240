// Runs one transaction: begins it, does the work and commits it; rolls it back when anything goes wrong.
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { ensureFile, noteCommit } from './database-file.js';
import { databaseFault, isRefusal, UnsureCommit } from './faults.js';
import { sqliteConnection, sqliteStatement } from './sqlite-connection.js';

/** A job that does its database work only with `manager`, and may be run a second time. */
export type WriteJob<Result> = (manager: EntityManager) => Promise<Result>;

/** What else is written in the transaction that creates the row with this id. */
export type AlsoWrite = (manager: EntityManager, id: number) => Promise<void>;

/** How long a statement waits for a lock of others; longer waits are up to the writer, which releases its own locks meanwhile. */
const lockWaitSeconds = 2;
/** The connections on which this lock wait is set. */
const prepared = new WeakSet<object>();

/** Throws what the work throws, a DatabaseFault, and UnsureCommit when it is unknown whether the transaction is stored. */
export function inTransaction<Result>(dataSource: DataSource, work: WriteJob<Result>): Promise<Result> {
  return sqliteConnection(dataSource) ? inSqlite(dataSource, work) : inMysql(dataSource.createQueryRunner(), work);
}

/** TypeORM's own transaction costs as much as the statements in it, and is not needed on the one connection to SQLite. */
async function inSqlite<Result>(dataSource: DataSource, work: WriteJob<Result>): Promise<Result> {
  await ensureFile(dataSource);
  const sqlite = sqliteConnection(dataSource)!;
  const say = (sql: string) => sqliteStatement(sqlite, sql).run();
  try {
    say('BEGIN IMMEDIATE');
    const result = await work(dataSource.manager);
    say('COMMIT');
    noteCommit(dataSource);
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
