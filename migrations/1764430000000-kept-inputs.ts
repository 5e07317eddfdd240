// What is needed to repeat a run: its definition's name, its parameters, its message and files, and of which run it is a repetition.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class KeptInputs1764430000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.query('ALTER TABLE run ADD COLUMN definition_name varchar(128)');
    await runner.query('ALTER TABLE run ADD COLUMN rerun_of varchar(36)');
    await runner.query(`ALTER TABLE run ADD COLUMN input_bytes ${columnType(kind, 'timeMs')}`);
    await runner.query(`ALTER TABLE run ADD COLUMN parameters ${columnType(kind, 'longText')}`);
    await runner.query(`ALTER TABLE run ADD COLUMN kept_input ${columnType(kind, 'longText')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['kept_input', 'parameters', 'input_bytes', 'rerun_of', 'definition_name'])
      await runner.query(`ALTER TABLE run DROP COLUMN ${column}`);
  }
}
