// The sessions of browsers: each with the digests of its cookie and of its key.
import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

const table = 'user_session';

export class Sessions1764450000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    await runner.createTable(new Table({ name: table, columns: columns(kind) }));
    if (kind !== 'better-sqlite3') {
      const collation = kind === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
      await runner.query(`ALTER TABLE ${table} CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
    }
    await runner.createIndex(table, new TableIndex({ columnNames: ['key_digest'], isUnique: true }));
    await runner.createIndex(table, new TableIndex({ columnNames: ['user_id'] }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(table);
  }
}

function columns(kind: DatabaseKind) {
  const id = columnType(kind, 'id');
  return [
    { name: 'id', type: id, isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const },
    { name: 'user_id', type: id },
    { name: 'key_digest', type: 'varchar', length: '64' },
    { name: 'cookie_digest', type: 'varchar', length: '64' },
    { name: 'created_at', type: 'bigint' },
    { name: 'used_at', type: 'bigint' },
  ];
}
