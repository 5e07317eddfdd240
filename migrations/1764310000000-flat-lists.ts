// Lists whose cost does not grow with their tables: indexes for each filter and order, and counts that are kept.
import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { columnType, type DatabaseKind } from '../src/database/column-types.js';

/** Columns by the name of their index; `shared` ones hold only shared definitions where the database can do that. */
const indexes: Record<string, [table: string, columns: string, shared?: true]> = {
  definition_name: ['process_definition', 'name'],
  definition_exec: ['process_definition', 'exec_start'],
  definition_application: ['process_definition', 'application'],
  definition_type: ['process_definition', 'process_type'],
  definition_owner: ['process_definition', 'owner_id'],
  definition_owner_exec: ['process_definition', 'owner_id, exec_start'],
  definition_owner_application: ['process_definition', 'owner_id, application'],
  definition_owner_type: ['process_definition', 'owner_id, process_type'],
  definition_shared_name: ['process_definition', 'shared, name', true],
  definition_shared_exec: ['process_definition', 'shared, exec_start', true],
  definition_shared_application: ['process_definition', 'shared, application', true],
  definition_shared_type: ['process_definition', 'shared, process_type', true],
  run_state_reason: ['run', 'state, end_reason, id'],
  idempotency_created: ['idempotency_key', 'created_at'],
  idempotency_run: ['idempotency_key', 'run_id'],
  binding_message_run: ['binding_message', 'run_id'],
};

/** The kept counts: which is a key, and what is counted under it. */
function countTables(kind: DatabaseKind): Record<string, string> {
  const id = columnType(kind, 'id');
  return {
    definition_count: `owner_id ${id} NOT NULL, field varchar(16) NOT NULL, value varchar(700) NOT NULL,
      n bigint NOT NULL, shared_n bigint NOT NULL, PRIMARY KEY (owner_id, field, value)`,
    run_count: `owner_id ${id} NOT NULL, field varchar(16) NOT NULL, value varchar(36) NOT NULL, n bigint NOT NULL,
      PRIMARY KEY (owner_id, field, value)`,
    run_span: `owner_id ${id} NOT NULL, level integer NOT NULL, span bigint NOT NULL, n bigint NOT NULL,
      bytes bigint NOT NULL, unmeasured bigint NOT NULL, first_id varchar(36) NOT NULL, last_id varchar(36) NOT NULL,
      PRIMARY KEY (owner_id, level, span)`,
    run_counted: 'id integer NOT NULL PRIMARY KEY, last_id varchar(36) NOT NULL',
    run_uncounted: 'run_id varchar(36) NOT NULL PRIMARY KEY',
  };
}

const counted = [
  ['exec', 'exec_start', 'exec = exec_start'],
  ['long', "''", 'exec <> exec_start'],
  ['application', 'application', '1 = 1'],
  ['processType', 'process_type', '1 = 1'],
];

export class FlatLists1764310000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    const isSqlite = kind === 'better-sqlite3';
    await runner.query("ALTER TABLE process_definition ADD COLUMN exec_start varchar(700) NOT NULL DEFAULT ''");
    await runner.query('UPDATE process_definition SET exec_start = SUBSTR(exec, 1, 700)');
    await dropIndex(runner, ['state', 'id']);
    for (const [name, [table, columns, shared]] of Object.entries(indexes))
      await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})${isSqlite && shared ? ' WHERE shared = 1' : ''}`);
    const collation = kind === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
    const options = isSqlite ? ' WITHOUT ROWID' : ` CHARACTER SET utf8mb4 COLLATE ${collation}`;
    for (const [name, columns] of Object.entries(countTables(kind))) await runner.query(`CREATE TABLE ${name} (${columns})${options}`);
    await runner.query('CREATE INDEX definition_count_value ON definition_count (field, value)');
    for (const [field, value, condition] of counted) {
      await runner.query(`INSERT INTO definition_count SELECT owner_id, '${field}', ${value}, COUNT(*), SUM(shared)
        FROM process_definition WHERE ${condition} GROUP BY owner_id, ${value}`);
    }
    await runner.query(`INSERT INTO definition_count SELECT owner_id, 'keep', ${isSqlite ? 'id' : 'CAST(id AS CHAR)'}, 1, shared
      FROM process_definition WHERE definition LIKE '%"keep"%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const kind = runner.connection.options.type as DatabaseKind;
    for (const name of Object.keys(countTables(kind))) await runner.query(`DROP TABLE ${name}`);
    for (const [name, [table]] of Object.entries(indexes))
      await runner.query(`DROP INDEX ${name}${kind === 'better-sqlite3' ? '' : ` ON ${table}`}`);
    await runner.createIndex('run', new TableIndex({ columnNames: ['state', 'id'] }));
    await runner.query('ALTER TABLE process_definition DROP COLUMN exec_start');
  }
}

async function dropIndex(runner: QueryRunner, columns: string[]): Promise<void> {
  const table = await runner.getTable('run');
  const found = table?.indices.find(({ columnNames }) => columnNames.join() === columns.join());
  if (found) await runner.dropIndex('run', found);
}
