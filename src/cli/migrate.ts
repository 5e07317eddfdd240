// The role `migrate`: migrates the database to this version.
import { DataSource } from 'typeorm';
import { databaseContents } from '../app/database-contents.js';
import { makeDataDirectory } from '../app/execution-environment.js';
import { copyBeforeMigration } from '../database/copy-before-migration.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { dataSourceOptions, protectSqliteFile } from '../database/data-source.js';
import { DatabaseMark } from '../database/database-mark.js';
import { databaseTarget, type Settings } from '../settings/settings.js';

export async function migrate(settings: Settings): Promise<void> {
  makeDataDirectory(settings);
  const unlock = lockDataDirectory(settings.dataDir);
  const target = databaseTarget(settings);
  new DatabaseMark(settings.dataDir, target).check();
  if (target.kind === 'sqlite') protectSqliteFile(target.file);
  const copy = copyBeforeMigration(target, databaseContents);
  if (copy) console.log(`Copied the database to ${copy}.`);
  const dataSource = new DataSource(await dataSourceOptions({ target, durability: settings.durability }, databaseContents));
  await dataSource.initialize();
  const done = await dataSource.runMigrations();
  console.log(done.length === 0 ? 'The database is up to date.' : `Applied ${done.map(({ name }) => name).join(', ')}.`);
  await dataSource.destroy();
  unlock();
}
