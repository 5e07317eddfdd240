// The definitions and runs that the bench `growth` puts into a new database by SQL: of two users, a tenth of them of the second one.
import Database from 'better-sqlite3';

const dayMs = 86_400_000;
const chunk = 500;
const programs = ['/usr/bin/tr', '/bin/cat', '/usr/bin/sort', '/usr/local/bin/ffmpeg'];

function definitionOf(number) {
  const name = nameOf(number);
  const exec = number % 5 < 4 ? programs[number % 5] : `/opt/tool/run-${number % 997}`;
  const definition = JSON.stringify({ exec, argv: ['a-z', 'A-Z'], description: 'made by the growth bench', name });
  return [ownerOf(number), name, exec, exec, 'host', 'single', Number(number % 1000 === 0), definition, 1, Date.now()];
}

/** Runs are spread over the last 29 days, whatever their number. */
function runOf(number, { rows, untilMs }) {
  const createdMs = Math.round(untilMs - ((rows - number) * 29 * dayMs) / rows);
  const end = number % 50 === 0 ? ['signal', null, 0] : ['exit', 0, 1];
  return [
    idOf(number, createdMs),
    ownerOf(number),
    1 + (number % 1000),
    1,
    '/usr/bin/tr',
    '["a-z","A-Z"]',
    'finished',
    ...end,
    'io',
    createdMs,
    createdMs + 3,
    createdMs + 9,
    'stdout',
    5,
    'text/plain',
    5,
  ];
}

const definitionColumns = 'owner_id, name, exec, exec_start, application, process_type, shared, definition, revision, updated_at';
const runColumns =
  'id, owner_id, definition_id, revision, exec, argv, state, end_reason, exit_code, success, lane, created_at, started_at, finished_at, output_source, output_bytes, output_type, kept_bytes';

export const nameOf = (number) => `def-${String(number).padStart(7, '0')}`;
const ownerOf = (number) => (number % 10 === 0 ? 2 : 1);

export function idOf(number, createdMs) {
  const time = createdMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`;
}

/** Opens SQLite or MySQL; `run` takes a statement and its values. */
export async function openDatabase({ file, url }) {
  if (url === undefined) {
    const database = new Database(file);
    database.pragma('journal_mode = WAL');
    const prepared = new Map();
    const statement = (sql) => prepared.get(sql) ?? prepared.set(sql, database.prepare(sql)).get(sql);
    return {
      run: async (sql, values = []) => (statement(sql).reader ? statement(sql).all(...values) : statement(sql).run(...values)),
      close: async () => database.close(),
    };
  }
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(url);
  return { run: async (sql, values = []) => (await connection.query(sql, values))[0], close: () => connection.end() };
}

/** Inserts as many definitions as runs, with the counts that the server keeps of definitions; those of runs it makes itself. */
export async function insertRows(place, rows) {
  const database = await openDatabase(place);
  const untilMs = Date.now();
  const insert = async (table, columns, rowOf) => {
    await database.run('BEGIN');
    for (let first = 1; first <= rows; first += chunk) {
      const some = Array.from({ length: Math.min(chunk, rows - first + 1) }, (_, index) => rowOf(first + index));
      const marks = some.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
      await database.run(`INSERT INTO ${table} (${columns}) VALUES ${marks}`, some.flat());
    }
    await database.run('COMMIT');
  };
  await insert('process_definition', definitionColumns, definitionOf);
  await insert('run', runColumns, (number) => runOf(number, { rows, untilMs }));
  for (const [field, column] of Object.entries({ exec: 'exec', application: 'application', processType: 'process_type' }))
    await database.run(
      `INSERT INTO definition_count SELECT owner_id, '${field}', ${column}, COUNT(*), SUM(shared) FROM process_definition GROUP BY owner_id, ${column}`,
    );
  if (place.url) await database.run('ANALYZE TABLE process_definition, run');
  await database.close();
  return { untilMs };
}
