// The index of tools has what lists of them need: the rows are not read, since each may have megabytes.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = 'tool, owner_id, shared, name, revision, updated_at';

export class ToolHeads1764470000000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return replaceIndex(runner, columns);
  }

  down(runner: QueryRunner): Promise<void> {
    return replaceIndex(runner, 'tool');
  }
}

async function replaceIndex(runner: QueryRunner, of: string): Promise<void> {
  const isSqlite = runner.connection.options.type === 'better-sqlite3';
  await runner.query(`DROP INDEX definition_tool${isSqlite ? '' : ' ON process_definition'}`);
  await runner.query(`CREATE INDEX definition_tool ON process_definition (${of})${isSqlite ? ' WHERE tool = 1' : ''}`);
}
