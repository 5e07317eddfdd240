// The version of each user's list of definitions, which every change of one of them raises.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class ListVersions1764421000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    const columns = `owner_id ${columnType(kind, 'id')} NOT NULL PRIMARY KEY, changes bigint NOT NULL, changed_at bigint NOT NULL`;
    await runner.query(`CREATE TABLE definition_list (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE definition_list');
  }
}
