// Inserts and updates whose SQL text is the same each time: TypeORM writes numbers into the text on SQLite, so that every
// row would be a new statement to parse, and each would push another one out of the cache of prepared statements.
import type { EntityManager, EntityTarget } from 'typeorm';
import { sqliteConnection, sqliteStatement } from './sqlite-connection.js';

interface Statement {
  kind: 'insert' | 'update';
  /** The properties of the row for which the statement was prepared. */
  names: string[];
  sql: string;
  /** The properties whose values are the parameters of the statement, in order. */
  properties: string[];
}

const statements = new Map<EntityTarget<object>, Statement[]>();

/** Inserts a row; a property that is undefined in `row` gets its default. */
export async function insertRow<Row extends object>(manager: EntityManager, entity: EntityTarget<Row>, row: Row): Promise<void> {
  const { sql, properties } = statement(manager, entity, {
    kind: 'insert',
    row,
    write: (columns, table) => `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  });
  await execute(manager, sql, valuesOf(row, properties));
}

/** Changes the row whose column `id` is `id`; a property that is undefined in `change` stays. */
export async function updateRow<Row extends { id: string }>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  { id, change }: { id: string; change: Partial<Row> },
): Promise<void> {
  const { sql, properties } = statement(manager, entity, {
    kind: 'update',
    row: change,
    write: (columns, table) => `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
  });
  const values = valuesOf(change, properties);
  values.push(id);
  await execute(manager, sql, values);
}

/** Runs a statement whose text is the same each time. Returns how many rows it changed. */
export async function execute(manager: EntityManager, sql: string, values: unknown[]): Promise<number> {
  const sqlite = sqliteConnection(manager.connection);
  if (sqlite) return sqliteStatement(sqlite, sql).run(...values).changes;
  return (await manager.query(sql, values)).affectedRows;
}

/** The rows of a query in a transaction whose text is the same each time. */
export async function rowsOf<Row>(manager: EntityManager, sql: string, values: unknown[]): Promise<Row[]> {
  const sqlite = sqliteConnection(manager.connection);
  return sqlite ? (sqliteStatement(sqlite, sql).all(...values) as Row[]) : manager.query(sql, values);
}

/** Whether these are the properties of `row` that are not undefined, in its order; without building a list of them, because this is called for every row. */
function fits(names: string[], row: object): boolean {
  let count = 0;
  for (const name in row) if (row[name as keyof object] !== undefined && names[count++] !== name) return false;
  return count === names.length;
}

/** The values as the drivers take them: booleans become numbers. */
function valuesOf(row: object, properties: string[]): unknown[] {
  return properties.map((name) => {
    const value: unknown = row[name as keyof object];
    return typeof value === 'boolean' ? Number(value) : value;
  });
}

interface Wanted {
  kind: 'insert' | 'update';
  row: object;
  write: (columns: string[], table: string) => string;
}

function statement(manager: EntityManager, entity: EntityTarget<object>, { kind, row, write }: Wanted): Statement {
  const known = statements.get(entity) ?? [];
  statements.set(entity, known);
  const found = known.find((one) => one.kind === kind && fits(one.names, row));
  if (found) return found;
  const names = Object.keys(row).filter((name) => row[name as keyof object] !== undefined);
  const { tableName, columns } = manager.connection.getMetadata(entity);
  const quoted = (name: string) => manager.connection.driver.escape(name);
  const chosen = columns.filter(({ propertyName }) => names.includes(propertyName));
  const text = write(
    chosen.map(({ databaseName }) => quoted(databaseName)),
    quoted(tableName),
  );
  const made = { kind, names, sql: text, properties: chosen.map(({ propertyName }) => propertyName) };
  known.push(made);
  return made;
}
