// The SQLite connection of TypeORM, for queries that run thousands of times a second: the layers of TypeORM cost ten times the statement.
import type { DataSource } from 'typeorm';

export interface SqliteStatement {
  run(...values: unknown[]): { changes: number };
  all(...values: unknown[]): unknown[];
}

interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  pragma(text: string): unknown;
  readonly inTransaction: boolean;
}

const prepared = new WeakMap<SqliteDatabase, Map<string, SqliteStatement>>();

/** The connection, which every other query of this data source uses as well; null on another database. */
export function sqliteConnection(dataSource: DataSource): SqliteDatabase | null {
  if (dataSource.options.type !== 'better-sqlite3') return null;
  return (dataSource.driver as unknown as { databaseConnection: SqliteDatabase }).databaseConnection;
}

/** Prepares a statement once. Only for texts that are the same each time. */
export function sqliteStatement(database: SqliteDatabase, sql: string): SqliteStatement {
  const known = prepared.get(database) ?? new Map<string, SqliteStatement>();
  prepared.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** The rows of a query whose text is the same each time. */
export async function constantQuery<Row>(dataSource: DataSource, sql: string, values: unknown[]): Promise<Row[]> {
  const database = sqliteConnection(dataSource);
  if (!database) return dataSource.query(sql, values);
  try {
    return sqliteStatement(database, sql).all(...values) as Row[];
  } catch {
    // guarded like every other query
    return dataSource.query(sql, values);
  }
}
