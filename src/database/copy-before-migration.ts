// Copies a SQLite database that is not empty before migrations change it, so that the former version can be restored.
import { existsSync, statSync } from 'node:fs';
import type { DatabaseContents } from './data-source.js';
import type { DatabaseTarget } from './database-url.js';
import { copySqlite, migrationsOf, openSqlite } from './sqlite-file.js';

/** Returns the path of the copy, or null when none is needed. Throws an Error in one line when the copy cannot be made. */
export function copyBeforeMigration(target: DatabaseTarget, { migrations }: Pick<DatabaseContents, 'migrations'>): string | null {
  if (target.kind !== 'sqlite' || !existsSync(target.file) || statSync(target.file).size === 0) return null;
  const pending = firstPending(target.file, migrations);
  if (!pending) return null;
  const copy = `${target.file}.before-${pending}`;
  try {
    copySqlite(target.file, copy);
  } catch (error) {
    throw new Error(`the database is not migrated, because the copy ${copy} cannot be made: ${(error as Error).message}`);
  }
  return copy;
}

/** The first migration that is not applied yet; TypeORM applies them in the order of the time at the end of their names. */
function firstPending(file: string, migrations: DatabaseContents['migrations']): string | undefined {
  const database = openSqlite(file, { readonly: true });
  try {
    const applied = migrationsOf(database);
    const names = migrations.map(({ name }) => name).sort((one, other) => timeOf(one) - timeOf(other));
    return applied && names.find((name) => !applied.has(name));
  } finally {
    database.close();
  }
}

const timeOf = (name: string) => Number(name.slice(-13));
