// Deletes old rows of a table a few at a time, so that others can write in between.
import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { SerialWriter } from './serial-writer.js';

const biteSize = 500;

export interface OldRows {
  table: string;
  /** Has an index, and holds a time. */
  column: string;
  beforeMs: number;
}

export async function deleteOld(dataSource: DataSource, writer: SerialWriter, { table, column, beforeMs }: OldRows): Promise<void> {
  const sql = `SELECT ${column} AS atMs FROM ${table} WHERE ${column} < ? ORDER BY ${column} LIMIT 1 OFFSET ?`;
  for (let isMore = true; isMore; await setImmediate()) {
    const [last] = await dataSource.query(sql, [beforeMs, biteSize]);
    isMore = last !== undefined;
    const upToMs = isMore ? Number(last.atMs) : beforeMs - 1;
    await writer.write((manager) => manager.query(`DELETE FROM ${table} WHERE ${column} <= ?`, [upToMs]));
  }
}
