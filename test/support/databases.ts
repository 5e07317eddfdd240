// The databases that a test runs on; each server gets a new, empty one.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { query } from './mariadb.js';

export type DatabaseName = 'SQLite' | 'MariaDB';
export const databases: DatabaseName[] = ['SQLite', 'MariaDB'];

/** The setting for a new database; SQLite's is the default. */
export async function newDatabase(name: DatabaseName): Promise<Record<string, string>> {
  if (name === 'SQLite') return {};
  const port = await mariaDbPort();
  const database = `t${randomBytes(6).toString('hex')}`;
  await query(port, `CREATE DATABASE ${database}`);
  return { DATABASE_URL: `mysql://root@127.0.0.1:${port}/${database}` };
}

/** Of the MariaDB of this test run, which starts when this is first asked. */
async function mariaDbPort(): Promise<number> {
  const said = await text(connect(inject('mariaDbStarter'), '127.0.0.1'));
  if (!/^\d+$/.test(said)) throw new Error(`MariaDB has not started: ${said}`);
  return Number(said);
}
