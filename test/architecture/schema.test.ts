// The migrations make exactly the schema that the entities describe, on SQLite and on MariaDB, and can be undone.
import { DataSource } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { databaseContents } from '../../src/app/database-contents.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { parseDatabaseUrl } from '../../src/database/database-url.js';
import { databases, newDatabase } from '../support/databases.js';

describe.each(databases)('on %s', (name) => {
  test('a schema diff prints nothing, and down leaves nothing', async () => {
    const { DATABASE_URL = 'sqlite::memory:' } = await newDatabase(name);
    const target = parseDatabaseUrl(DATABASE_URL);
    const dataSource = new DataSource(await dataSourceOptions({ target, durability: 'process' }, databaseContents));
    await dataSource.initialize();
    await dataSource.runMigrations();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    for (const _migration of databaseContents.migrations) await dataSource.undoLastMigration();
    const runner = dataSource.createQueryRunner();
    const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName);
    const left = await Promise.all(tables.map(async (table) => ((await runner.hasTable(table)) ? [table] : [])));
    expect(left.flat()).toEqual([]);
    await runner.release();
    await dataSource.destroy();
  });
});
