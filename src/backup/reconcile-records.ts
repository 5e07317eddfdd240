// Corrects the records of a copied database: runs without files are removed, runs that had not ended get an end, and sessions end.
import type { Database } from 'better-sqlite3';

/** Removes the runs for which `isThere` is false, with every row of any table that belongs to them; Idempotency-Keys outlive their runs. Returns how many. */
export function forgetRuns(copy: Database, isThere: (runId: string) => boolean): number {
  const gone: string[] = [];
  for (const id of copy.prepare('SELECT id FROM run').pluck().iterate() as Iterable<string>) if (!isThere(id)) gone.push(id);
  const owned = copy
    .prepare("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'run_id'")
    .pluck()
    .all()
    .filter((table) => table !== 'idempotency_key') as string[];
  const removals = [...owned.map((table) => `DELETE FROM "${table}" WHERE run_id = ?`), 'DELETE FROM run WHERE id = ?'];
  const statements = removals.map((sql) => copy.prepare(sql));
  copy.exec('BEGIN');
  for (const id of gone) for (const statement of statements) statement.run(id);
  if (gone.length > 0) forgetCounts(copy);
  copy.exec('COMMIT');
  return gone.length;
}

/** The server counts all runs again; a copy of an older version has no counts. */
function forgetCounts(copy: Database): void {
  const tables = copy
    .prepare("SELECT name FROM sqlite_master WHERE name IN ('run_count', 'run_span', 'run_counted', 'run_uncounted')")
    .pluck();
  for (const table of tables.all() as string[]) copy.exec(`DELETE FROM ${table}`);
}

/** Marks runs that had not ended when the copy was taken as lost. Returns how many. */
export function loseUnfinished(copy: Database, nowMs: number): number {
  const lost = "state = 'finished', end_reason = 'lost', success = 0, finished_at = ?, error = ?";
  const error = 'restored from a backup that was taken while the run was active';
  return copy.prepare(`UPDATE run SET ${lost} WHERE state <> 'finished'`).run(nowMs, error).changes;
}

/** A session that was ended after the copy was taken must not come back. A copy of an older version has none. */
export function endSessions(copy: Database): void {
  const isThere = copy.prepare("SELECT 1 FROM sqlite_master WHERE name = 'user_session'").pluck().get() === 1;
  if (isThere) copy.exec('DELETE FROM user_session');
}

export function hasEnded(database: Database): (runId: string) => boolean {
  const find = database.prepare("SELECT 1 FROM run WHERE id = ? AND state = 'finished'").pluck();
  return (runId) => find.get(runId) === 1;
}

export function isRecorded(database: Database): (runId: string) => boolean {
  const find = database.prepare('SELECT 1 FROM run WHERE id = ?').pluck();
  return (runId) => find.get(runId) === 1;
}
