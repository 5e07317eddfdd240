// Before migrations change a SQLite database that holds something, a copy of it is made: the way back.
import { existsSync, statSync } from 'node:fs';
import type { DatabaseContents } from './data-source.js';
import type { DatabaseTarget } from './database-url.js';
import { copySqlite, migrationsOf, openSqlite } from './sqlite-file.js';

/** The copy's path, or null when none is needed. Throws an Error in one line when it cannot be made. */
export function copyBeforeMigration(target: DatabaseTarget, { migrations }: Pick<DatabaseContents, 'migrations'>): string | null {
  if (target.kind !== 'sqlite' || !existsSync(target.file) || statSync(target.file).size === 0) return null;
  const pending = firstPending(target.file, migrations);
  if (!pending) return null;
  const copy = `${target.file}.before-${pending}`;
  try {
    copySqlite(target.file, copy);
  } catch (error) {
    throw new Error(`nothing is migrated, because the copy ${copy} cannot be made: ${(error as Error).message}`);
  }
  return copy;
}

/** TypeORM applies them in the order of the time that ends their names. */
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
