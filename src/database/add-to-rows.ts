// Adds numbers to rows of a table of counts; a row that does not exist yet begins with them.
import type { EntityManager } from 'typeorm';
import { execute } from './prepared-statements.js';
import { sqliteConnection } from './sqlite-connection.js';

export interface CountTable {
  table: string;
  key: string[];
  sums: string[];
  /** Columns that keep the smallest and the largest text. */
  least?: string;
  greatest?: string;
}

type Value = string | number;

/** How many rows one statement of MySQL adds to. */
const atOnce = 500;

/** `rows`: the values of key, sums, least and greatest, in this order. */
export async function addToRows(manager: EntityManager, counts: CountTable, rows: Value[][]): Promise<void> {
  const { table, key, sums, least, greatest } = counts;
  const columns = [...key, ...sums, ...[least, greatest].filter((column) => column !== undefined)];
  const isSqlite = sqliteConnection(manager.connection) !== null;
  const come = (column: string) => (isSqlite ? `excluded.${column}` : `VALUES(${column})`);
  const changes = [
    ...sums.map((column) => `${column} = ${column} + ${come(column)}`),
    ...(least ? [`${least} = ${isSqlite ? 'MIN' : 'LEAST'}(${least}, ${come(least)})`] : []),
    ...(greatest ? [`${greatest} = ${isSqlite ? 'MAX' : 'GREATEST'}(${greatest}, ${come(greatest)})`] : []),
  ].join(', ');
  const conflict = isSqlite ? `ON CONFLICT (${key.join(', ')}) DO UPDATE SET` : 'ON DUPLICATE KEY UPDATE';
  const marks = `(${columns.map(() => '?').join(', ')})`;
  const insert = (many: Value[][]) =>
    execute(
      manager,
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${many.map(() => marks).join(', ')} ${conflict} ${changes}`,
      many.flat(),
    );
  if (isSqlite) for (const row of rows) await insert([row]);
  else for (let at = 0; at < rows.length; at += atOnce) await insert(rows.slice(at, at + atOnce));
}

/** Removes those of these rows whose first sum is 0. */
export async function removeZeros(manager: EntityManager, { table, key, sums }: CountTable, rows: Value[][]): Promise<void> {
  const sql = `DELETE FROM ${table} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')} AND ${sums[0]} = 0`;
  for (const row of rows) await execute(manager, sql, row.slice(0, key.length));
}
