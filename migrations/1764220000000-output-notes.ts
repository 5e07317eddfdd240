// What there is to say of the output of a run, such as names that had to be encoded.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class OutputNotes1764220000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.query(`ALTER TABLE run ADD COLUMN output_note ${columnType(kind, 'longText')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN output_note');
  }
}
