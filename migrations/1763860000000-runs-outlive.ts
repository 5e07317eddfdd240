// Runs outlive the server: which launcher had a run, and its order until it has ended.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class RunsOutlive1763860000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.query('ALTER TABLE run ADD COLUMN launcher varchar(64)');
    await runner.query(`ALTER TABLE run ADD COLUMN run_order ${columnType(kind, 'longText')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN run_order');
    await runner.query('ALTER TABLE run DROP COLUMN launcher');
  }
}
