// The roles `backup` and `restore`: one archive with the database and what its records need to be true.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseContents } from '../app/database-contents.js';
import { makeDataDirectory } from '../app/execution-environment.js';
import { version } from '../app/version.js';
import { makeBackup } from '../backup/make-backup.js';
import { restoreBackup } from '../backup/restore-backup.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { forgetDatabase } from '../database/database-mark.js';
import { databaseTarget, type Settings } from '../settings/settings.js';

/** The server may go on serving. */
export async function backup(settings: Settings, { file }: { file: string }): Promise<void> {
  const database = sqliteFile(settings);
  if (!existsSync(database)) throw new Error(`there is no database ${database} to back up (DATA_DIR)`);
  const { files, bytes } = await makeBackup({ database, runsRoot: join(settings.dataDir, 'runs'), archive: file, version });
  console.log(`Wrote ${file}: ${files} files, ${bytes} bytes.`);
}

export async function restore(settings: Settings, { file, force = false }: { file: string; force?: boolean }): Promise<void> {
  const database = sqliteFile(settings);
  if (!existsSync(file)) throw new Error(`there is no backup ${file}`);
  makeDataDirectory(settings);
  const unlock = lockDataDirectory(settings.dataDir);
  try {
    const migrations = databaseContents.migrations.map(({ name }) => name);
    const done = await restoreBackup({ archive: file, dataDir: settings.dataDir, database, force, migrations });
    forgetDatabase(settings.dataDir);
    const made = `made by version ${done.version} at ${new Date(done.createdAtMs).toISOString()}`;
    console.log(`Restored ${file}, ${made}: ${done.files} files; ${done.lost} runs that went on then are lost.`);
    if (done.aside.length > 0) console.log(`What was there is now ${done.aside.join(', ')}.`);
  } finally {
    unlock();
  }
}

function sqliteFile(settings: Settings): string {
  const target = databaseTarget(settings);
  if (target.kind === 'sqlite') return target.file;
  const runs = join(settings.dataDir, 'runs');
  throw new Error(
    `this is for SQLite; ${target.database} on ${target.host} is kept by mysqldump --single-transaction, with a copy of ${runs}`,
  );
}
