// The definitions that both sides hold before a bench starts, inserted by SQL.
import Database from 'better-sqlite3';

export const rowCount = 100_000;

/** A definition of about 400 bytes of JSON, like a real one. */
export function definitionOf(number) {
  return {
    name: `program-${String(number).padStart(6, '0')}`,
    description: `Sorts the lines of a message by field ${(number % 9) + 1}`,
    process_type: 'single',
    application: 'host',
    exec: '/usr/bin/sort',
    argv: ['-t', ',', '-k', String((number % 9) + 1)],
    input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } },
    output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT' } },
    environment_variables: { LC_ALL: 'C' },
    success_codes: [0],
  };
}

/** Inserts all rows; they belong to `ownerId`, and their ids are 1 to rowCount. */
export function insertRows(file, ownerId) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  const insert = database.prepare(
    `INSERT INTO process_definition (id, owner_id, name, exec, exec_start, application, process_type, shared, definition, revision, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 1, ?)`,
  );
  const now = Date.now();
  database.transaction(() => {
    for (let id = 1; id <= rowCount; id++) {
      const definition = definitionOf(id);
      const { name, exec, application, process_type: type } = definition;
      insert.run(id, ownerId, name, exec, exec, application, type, JSON.stringify(definition), now);
    }
    // the server keeps these with each write
    for (const [field, column] of Object.entries({ exec: 'exec', application: 'application', processType: 'process_type' }))
      database.exec(
        `INSERT INTO definition_count SELECT owner_id, '${field}', ${column}, COUNT(*), SUM(shared) FROM process_definition GROUP BY owner_id, ${column}`,
      );
  })();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
