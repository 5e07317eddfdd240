// The databases that a test runs on; each server gets a new, empty one.
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { query } from './mariadb.js';

export type DatabaseName = 'SQLite' | 'MariaDB';
export const databases: DatabaseName[] = ['SQLite', 'MariaDB'];

/** The setting for a new database; SQLite's is the default. */
export async function newDatabase(name: DatabaseName): Promise<Record<string, string>> {
  if (name === 'SQLite') return {};
  const port = inject('mariaDbPort');
  const database = `t${randomBytes(6).toString('hex')}`;
  await query(port, `CREATE DATABASE ${database}`);
  return { DATABASE_URL: `mysql://root@127.0.0.1:${port}/${database}` };
}
