// The data source for TypeORM's own command line: npm run typeorm -- migration:show
import { DataSource } from 'typeorm';
import { databaseContents } from './src/app/database-contents.js';
import { dataSourceOptions } from './src/database/data-source.js';
import { readSettings } from './src/settings/read-settings.js';
import { databaseTarget } from './src/settings/settings.js';

const settings = readSettings({ flags: {}, environment: process.env });

export default new DataSource(
  await dataSourceOptions({ target: databaseTarget(settings), durability: settings.durability }, databaseContents),
);
