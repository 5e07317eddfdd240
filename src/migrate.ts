// The role `migrate`: brings the database to this version.
import { mkdirSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { databaseTarget, type Settings } from './config.js';
import { lockDataDirectory } from './database/data-directory-lock.js';
import { dataSourceOptions, protectSqliteFile } from './database/data-source.js';
import { databaseContents } from './database-contents.js';

export async function migrate(settings: Settings): Promise<void> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
  const unlock = lockDataDirectory(settings.dataDir);
  const target = databaseTarget(settings);
  if (target.kind === 'sqlite') protectSqliteFile(target.file);
  const dataSource = new DataSource(await dataSourceOptions({ target, durability: settings.durability }, databaseContents));
  await dataSource.initialize();
  const done = await dataSource.runMigrations();
  console.log(done.length === 0 ? 'The database is up to date.' : `Applied ${done.map(({ name }) => name).join(', ')}.`);
  await dataSource.destroy();
  unlock();
}
