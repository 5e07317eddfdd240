// Idempotency-Keys of everything that a request can create: with the status and the address of the first response, and kept when their run goes.
import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const table = 'idempotency_key';
const runIndex = new TableIndex({ name: 'idempotency_run', columnNames: ['run_id'] });

export class AnsweredKeys1764420000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // a key is no longer removed with its run
    await runner.dropIndex(table, runIndex.name as string);
    await allowNoRun(runner, true);
    await runner.query(`ALTER TABLE ${table} ADD COLUMN status integer`);
    await runner.query(`ALTER TABLE ${table} ADD COLUMN location varchar(512)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM ${table} WHERE run_id IS NULL`);
    await runner.query(`ALTER TABLE ${table} DROP COLUMN location`);
    await runner.query(`ALTER TABLE ${table} DROP COLUMN status`);
    await allowNoRun(runner, false);
    await runner.createIndex(table, runIndex);
  }
}

/** SQLite copies the table for this; its rows are those of one day. */
async function allowNoRun(runner: QueryRunner, isNullable: boolean): Promise<void> {
  if (runner.connection.options.type !== 'better-sqlite3') {
    await runner.query(`ALTER TABLE ${table} MODIFY run_id varchar(36) ${isNullable ? 'NULL' : 'NOT NULL'}`);
    return;
  }
  const found = await runner.getTable(table);
  const column = found?.findColumnByName('run_id');
  if (!found || !column) throw new Error(`the table ${table} has no column run_id`);
  const changed = column.clone();
  changed.isNullable = isNullable;
  await runner.changeColumn(found, column, changed);
}
