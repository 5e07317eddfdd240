// Whose definition a run is of, when another user has started it: its author sees the record of the run.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class RunAuthors1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.query(`ALTER TABLE run ADD COLUMN author_id ${columnType(kind, 'id')}`);
    await runner.query(`CREATE INDEX run_author ON run (author_id, id)${kind === 'better-sqlite3' ? ' WHERE author_id IS NOT NULL' : ''}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.query(`DROP INDEX run_author${kind === 'better-sqlite3' ? '' : ' ON run'}`);
    await runner.query('ALTER TABLE run DROP COLUMN author_id');
  }
}
