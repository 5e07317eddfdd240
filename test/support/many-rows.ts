// Thousands of definitions and runs, inserted by SQL: more than lists read without an index.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import { startServer, type TestServer } from './server.js';

/** The database of a server that does not run. */
export interface Place {
  dataDir: string;
  url: string | undefined;
}

/** A database whose server has made it, with the author other:pw and what `fill` adds, and has stopped. */
export async function newPlace(
  settings: Record<string, string>,
  fill: (server: TestServer) => Promise<void> = async () => {},
): Promise<Place> {
  const server = await startServer(settings);
  await server.user('other:pw', 'author');
  await fill(server);
  await server.stop({ keep: true });
  return { dataDir: server.dataDir, url: settings.DATABASE_URL };
}

type Row = Record<string, string | number | null>;

/** Runs a statement, or one for each list of values, and gives the rows of the last. */
export async function inDatabase({ dataDir, url }: Place, sql: string, lists: unknown[][] = [[]]): Promise<Row[]> {
  if (url === undefined) {
    const database = new Database(join(dataDir, 'registry.sqlite'));
    const statement = database.prepare(sql);
    const run = (values: unknown[]): Row[] => {
      if (statement.reader) return statement.all(...values) as Row[];
      statement.run(...values);
      return [];
    };
    const rows = database.transaction(() => lists.map(run).at(-1) ?? [])();
    database.close();
    return rows;
  }
  const connection = await createConnection(url);
  await connection.beginTransaction();
  let rows: Row[] = [];
  for (const values of lists) rows = (await connection.query(sql, values))[0] as Row[];
  await connection.commit();
  await connection.end();
  return rows;
}

const insertInto = (table: string, row: Row) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
    .map(() => '?')
    .join(', ')})`;

async function insertAll(place: Place, table: string, rows: Row[]): Promise<void> {
  await inDatabase(
    place,
    insertInto(table, rows[0]),
    rows.map((row) => Object.values(row)),
  );
}

/** Definitions named many-0 and so on, of two owners, every tenth shared, with `more` instead of a column. */
export async function insertDefinitions(place: Place, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const [name, exec] = [`many-${index}`, `/usr/bin/tool-${index % 7}`];
    const kinds = {
      application: `app-${index % 3}`,
      process_type: index % 50 === 0 ? 'service' : 'single',
      shared: Number(index % 10 === 0),
    };
    const definition = JSON.stringify({ exec, name });
    return { owner_id: 1 + (index % 2), name, exec, exec_start: exec, ...kinds, definition, revision: 1, updated_at: 1_700_000_000_000 };
  });
  await insertAll(place, 'process_definition', rows);
  for (const [field, column] of Object.entries({ exec: 'exec', application: 'application', processType: 'process_type' })) {
    const grouped = `SELECT owner_id, '${field}', ${column}, COUNT(*), SUM(shared) FROM process_definition GROUP BY owner_id, ${column}`;
    await inDatabase(place, `DELETE FROM definition_count WHERE field = '${field}'`);
    await inDatabase(place, `INSERT INTO definition_count ${grouped}`);
  }
}

/** Runs of two owners and five definitions that ended, one a second, the last one at `untilMs`. Returns their ids, the oldest first. */
export async function insertRuns(place: Place, count: number, untilMs: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const createdMs = untilMs - (count - 1 - index) * 1000;
    const time = createdMs.toString(16).padStart(12, '0');
    const end = index % 25 === 0 ? { end_reason: 'signal', success: 0 } : { end_reason: 'exit', success: 1 };
    return {
      id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(index).padStart(12, '0')}`,
      owner_id: 1 + (index % 2),
      // of every ten runs of each owner one is of a definition of the other
      author_id: index % 20 < 2 ? 2 - (index % 2) : null,
      definition_id: 1 + (index % 5),
      ...{ exec: '/bin/true', argv: '[]', lane: 'io', state: 'finished', ...end },
      ...{ created_at: createdMs, started_at: createdMs, finished_at: createdMs, kept_bytes: index % 3 === 0 ? null : 100 },
    };
  });
  await insertAll(place, 'run', rows);
  return rows.map(({ id }) => id);
}
