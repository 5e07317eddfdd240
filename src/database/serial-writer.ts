// Every write goes through here, one transaction at a time; the writes of one event-loop tick share one commit.
import type { DataSource, EntityManager } from 'typeorm';
import { sqliteConnection, sqliteStatement } from './sqlite-connection.js';

/** Does its database work with `manager` alone, and may be tried a second time. */
export type WriteJob<Result> = (manager: EntityManager) => Promise<Result>;

interface Waiting {
  job: WriteJob<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** More jobs than this wait for the next transaction. */
const batchBound = 500;

/**
 * TypeORM has one connection to SQLite, so parallel requests would share a transaction, and acknowledged rows would
 * vanish with somebody else's rollback. A job that fails undoes only itself: its batch is repeated one by one.
 */
export class SerialWriter {
  private waiting: Waiting[] = [];
  private busy = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Resolves with the job's result once it is committed. */
  write<Result>(job: WriteJob<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve: resolve as (result: unknown) => void, reject });
      if (this.busy) return;
      this.busy = true;
      setImmediate(() => void this.drain());
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.busy) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, batchBound);
      if (!(await this.commitTogether(batch))) for (const one of batch) await this.commitAlone(one);
    }
    this.busy = false;
  }

  private async commitTogether(batch: Waiting[]): Promise<boolean> {
    if (batch.length === 1) return false;
    const results: unknown[] = [];
    try {
      await this.inTransaction(async (manager) => {
        for (const { job } of batch) results.push(await job(manager));
      });
    } catch {
      return false;
    }
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    return true;
  }

  /** TypeORM's own transaction costs as much as the statements in it; on its one connection to SQLite nothing of it is needed. */
  private async inTransaction<Result>(work: WriteJob<Result>): Promise<Result> {
    const sqlite = sqliteConnection(this.dataSource);
    if (!sqlite) return this.dataSource.transaction(work);
    const say = (sql: string) => sqliteStatement(sqlite, sql).run();
    say('BEGIN IMMEDIATE');
    try {
      const result = await work(this.dataSource.manager);
      say('COMMIT');
      return result;
    } catch (error) {
      if (sqlite.inTransaction) say('ROLLBACK');
      throw error;
    }
  }

  private async commitAlone({ job, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await this.inTransaction(job));
    } catch (error) {
      reject(error);
    }
  }
}
