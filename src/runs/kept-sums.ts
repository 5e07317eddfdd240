// How much the runs of one user keep on the disk: what is counted, and those that are not counted yet.
import { quickRows } from '../database/merged-pages.js';
import type { Query } from '../database/read-snapshot.js';
import { spanLevels } from './run-counts.js';

const ofSpans = 'SELECT SUM(bytes) AS bytes FROM run_span WHERE owner_id = ? AND level = ?';
/** While a migration is being counted in the background, there may be many: then the oldest are summed. */
const ofNewest = `SELECT SUM(kept_bytes) AS bytes FROM (SELECT kept_bytes FROM run WHERE owner_id = ? AND id > ? ORDER BY id LIMIT ${quickRows}) newest`;
const ofLeftOut =
  'SELECT SUM(r.kept_bytes) AS bytes FROM run_uncounted u CROSS JOIN run r ON r.id = u.run_id WHERE u.run_id <= ? AND r.owner_id = ?';

/** Runs that were not measured yet count nothing. All reads must see the same state. */
export async function keptBytesOf(query: Query, ownerId: number): Promise<number> {
  const [counted] = await query<{ last_id: string }>('SELECT last_id FROM run_counted WHERE id = 1');
  const upTo = counted?.last_id ?? '';
  const reads: [sql: string, parameters: unknown[]][] = [
    [ofSpans, [ownerId, spanLevels[1]]],
    [ofNewest, [ownerId, upTo]],
    [ofLeftOut, [upTo, ownerId]],
  ];
  let sum = 0;
  for (const [sql, parameters] of reads) {
    const [{ bytes }] = await query<{ bytes: number | string | null }>(sql, parameters);
    sum += Number(bytes ?? 0);
  }
  return sum;
}
