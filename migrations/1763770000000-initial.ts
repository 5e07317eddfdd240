// The first schema: users, tokens, definitions and their revisions, runs and their small logs, idempotency keys.
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions, TableIndex } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

type Columns = (kind: DatabaseKind) => TableColumnOptions[];

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}) => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const number = (name: string, more: Partial<TableColumnOptions> = {}) => ({ name, type: 'integer', ...more });
const flag = (name: string, more: Partial<TableColumnOptions> = {}) => ({ name, type: 'boolean', ...more });
const timeMs = (name: string, more: Partial<TableColumnOptions> = {}) => ({ name, type: 'bigint', ...more });
const optional = { isNullable: true };
const primary = { isPrimary: true };

const tables: Record<string, Columns> = {
  user_account: (kind) => [
    generatedId(kind),
    text('username', 150),
    text('password_hash', 255),
    text('role', 16),
    flag('disabled', { default: 0 }),
    timeMs('created_at'),
  ],
  access_token: (kind) => [
    generatedId(kind),
    reference(kind, 'user_id'),
    text('name', 150),
    text('digest', 64),
    text('scopes', 255, optional),
    timeMs('expires_at', optional),
    timeMs('created_at'),
  ],
  process_definition: (kind) => [
    generatedId(kind),
    reference(kind, 'owner_id'),
    text('name', 128, optional),
    text('exec', 4095),
    text('application', 255),
    text('process_type', 16),
    flag('shared', { default: 0 }),
    { name: 'definition', type: columnType(kind, 'longText') },
    number('revision', { default: 1 }),
    timeMs('updated_at'),
  ],
  definition_revision: (kind) => [
    reference(kind, 'definition_id', primary),
    number('revision', primary),
    { name: 'definition', type: columnType(kind, 'longText') },
    timeMs('created_at'),
    reference(kind, 'replaced_by'),
  ],
  run: (kind) => [
    text('id', 36, primary),
    reference(kind, 'owner_id'),
    reference(kind, 'definition_id', optional),
    number('revision', optional),
    text('exec', 4095),
    { name: 'argv', type: columnType(kind, 'longText') },
    text('state', 16),
    text('end_reason', 16, optional),
    number('exit_code', optional),
    text('signal', 16, optional),
    flag('success', optional),
    { name: 'error', type: columnType(kind, 'longText'), isNullable: true },
    number('attempt', { default: 1 }),
    text('lane', 64),
    number('priority', { default: 0 }),
    number('pid', optional),
    text('isolation', 32, optional),
    timeMs('created_at'),
    timeMs('started_at', optional),
    timeMs('finished_at', optional),
    timeMs('cpu_ms', optional),
    timeMs('max_rss_bytes', optional),
    text('output_source', 8, optional),
    timeMs('output_bytes', optional),
    text('output_type', 255, optional),
    text('output_name', 255, optional),
    text('output_sha256', 64, optional),
  ],
  run_log: (kind) => [text('run_id', 36, primary), { name: 'frames', type: columnType(kind, 'longBytes') }],
  idempotency_key: (kind) => [
    reference(kind, 'user_id', primary),
    text('key', 255, primary),
    text('fingerprint', 64),
    text('run_id', 36),
    timeMs('created_at'),
  ],
};

const indexes: { table: string; columnNames: string[]; isUnique?: boolean }[] = [
  { table: 'user_account', columnNames: ['username'], isUnique: true },
  { table: 'access_token', columnNames: ['digest'], isUnique: true },
  { table: 'access_token', columnNames: ['user_id'] },
  { table: 'process_definition', columnNames: ['owner_id', 'name'], isUnique: true },
  { table: 'process_definition', columnNames: ['shared'] },
  { table: 'run', columnNames: ['owner_id', 'id'] },
  { table: 'run', columnNames: ['definition_id', 'id'] },
  { table: 'run', columnNames: ['state', 'id'] },
];

function generatedId(kind: DatabaseKind): TableColumnOptions {
  return { name: 'id', type: columnType(kind, 'id'), isPrimary: true, isGenerated: true, generationStrategy: 'increment' };
}

function reference(kind: DatabaseKind, name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: columnType(kind, 'id'), ...more };
}

export class Initial1763770000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    for (const [name, columns] of Object.entries(tables)) {
      await runner.createTable(new Table({ name, columns: columns(kind) }));
      if (kind !== 'better-sqlite3')
        await runner.query(`ALTER TABLE \`${name}\` CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation(kind)}`);
    }
    for (const { table, ...index } of indexes) await runner.createIndex(table, new TableIndex(index));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(tables).reverse()) await runner.dropTable(name);
  }
}

/** Exact comparison: Alice is not alice, and a trailing blank counts. */
function collation(kind: DatabaseKind): string {
  return kind === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}
