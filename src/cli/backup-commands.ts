// The roles `backup` and `restore`: one archive with the database and the files that its records need.
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

/** Makes a backup; the server may keep running. */
export async function backup(settings: Settings, { file }: { file: string }): Promise<void> {
  const database = sqliteFile(settings);
  if (!existsSync(database)) throw new Error(`the database ${database} does not exist, so there is nothing to back up (DATA_DIR)`);
  const { files, bytes } = await makeBackup({ database, runsRoot: join(settings.dataDir, 'runs'), archive: file, version });
  console.log(`Wrote ${file}: ${files} files, ${bytes} bytes.`);
}

export async function restore(settings: Settings, { file, force = false }: { file: string; force?: boolean }): Promise<void> {
  const database = sqliteFile(settings);
  if (!existsSync(file)) throw new Error(`the backup ${file} does not exist`);
  makeDataDirectory(settings);
  const unlock = lockDataDirectory(settings.dataDir);
  try {
    const migrations = databaseContents.migrations.map(({ name }) => name);
    const done = await restoreBackup({ archive: file, dataDir: settings.dataDir, database, force, migrations });
    forgetDatabase(settings.dataDir);
    const made = `created by version ${done.version} at ${new Date(done.createdAtMs).toISOString()}`;
    console.log(`Restored ${file}, ${made}: ${done.files} files; ${done.lost} runs that were active at that time are lost.`);
    if (done.aside.length > 0) console.log(`The former data is now in ${done.aside.join(', ')}.`);
  } finally {
    unlock();
  }
}

function sqliteFile(settings: Settings): string {
  const target = databaseTarget(settings);
  if (target.kind === 'sqlite') return target.file;
  const runs = join(settings.dataDir, 'runs');
  throw new Error(
    `this command only supports SQLite; back up ${target.database} on ${target.host} with mysqldump --single-transaction, and copy ${runs}`,
  );
}
