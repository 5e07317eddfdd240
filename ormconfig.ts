// The data source for TypeORM's own command line: npm run typeorm -- migration:show
import { DataSource } from 'typeorm';
import { databaseTarget } from './src/config.js';
import { dataSourceOptions } from './src/database/data-source.js';
import { databaseContents } from './src/database-contents.js';
import { readSettings } from './src/read-settings.js';

const settings = readSettings({ flags: {}, environment: process.env });

export default new DataSource(
  await dataSourceOptions({ target: databaseTarget(settings), durability: settings.durability }, databaseContents),
);
