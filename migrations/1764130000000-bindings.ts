// Bindings of definitions to streams, the messages that they have taken, and which message caused a run.
import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

const optional = { isNullable: true };

export class Bindings1764130000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    for (const table of tables(kind)) {
      await runner.createTable(table);
      if (kind === 'better-sqlite3') continue;
      const collation = kind === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
      await runner.query(`ALTER TABLE \`${table.name}\` CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
    }
    await runner.createIndex('binding', new TableIndex({ columnNames: ['owner_id'] }));
    await runner.createIndex('binding_message', new TableIndex({ columnNames: ['done_at'] }));
    await runner.query(`ALTER TABLE run ADD COLUMN triggered_by ${columnType(kind, 'longText')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN triggered_by');
    await runner.dropTable('binding_message');
    await runner.dropTable('binding');
  }
}

function tables(kind: DatabaseKind): Table[] {
  const id = columnType(kind, 'id');
  const text = (name: string, length: number, more = {}) => ({ name, type: 'varchar', length: String(length), ...more });
  const binding = [
    { name: 'id', type: id, isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const },
    { name: 'owner_id', type: id },
    { name: 'definition_id', type: id },
    text('input_bus', 16),
    text('input_stream', 100),
    text('output_bus', 16, optional),
    text('output_stream', 100, optional),
    { name: 'concurrency', type: 'integer' },
    { name: 'max_tries', type: 'integer' },
    { name: 'enabled', type: 'boolean' },
    { name: 'error', type: columnType(kind, 'longText'), ...optional },
    { name: 'handled', type: 'bigint', default: 0 },
    { name: 'failed', type: 'bigint', default: 0 },
    text('service_run', 36, optional),
    { name: 'service_cursor', type: 'bigint', default: 0 },
    { name: 'created_at', type: 'bigint' },
  ];
  const message = [
    { name: 'binding_id', type: id, isPrimary: true },
    text('message_id', 255, { isPrimary: true }),
    text('run_id', 36, optional),
    { name: 'tries', type: 'integer' },
    { name: 'done_at', type: 'bigint', ...optional },
  ];
  return [new Table({ name: 'binding', columns: binding }), new Table({ name: 'binding_message', columns: message })];
}
