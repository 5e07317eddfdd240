// Tools of AI agents: which definitions are some, and which of them a token may call.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

export class Tools1764460000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    const isSqlite = kind === 'better-sqlite3';
    const type = isSqlite ? 'boolean NOT NULL DEFAULT (0)' : 'tinyint NOT NULL DEFAULT 0';
    await runner.query(`ALTER TABLE process_definition ADD COLUMN tool ${type}`);
    await runner.query(`CREATE INDEX definition_tool ON process_definition (tool)${isSqlite ? ' WHERE tool = 1' : ''}`);
    await runner.query(`ALTER TABLE access_token ADD COLUMN tools ${columnType(kind, 'longText')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX definition_tool${runner.connection.options.type === 'better-sqlite3' ? '' : ' ON process_definition'}`);
    await runner.query('ALTER TABLE process_definition DROP COLUMN tool');
    await runner.query('ALTER TABLE access_token DROP COLUMN tools');
  }
}
