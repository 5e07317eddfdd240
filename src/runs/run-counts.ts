// Kept counts of runs that have ended, by owner, end reason, definition and time: runs are added behind the newest ones, a few hundred at a
// time, and subtracted when they are removed. What is not counted yet is counted when a list asks, so that a total is always exact.
import type { EntityManager } from 'typeorm';
import { addToRows, type CountTable, removeZeros } from '../database/add-to-rows.js';
import { execute, rowsOf } from '../database/prepared-statements.js';

/** The owner under which all runs are counted; no user has this id, and 0 is asked for when there is no such user. */
export const everybody = -1;
/** The owner under which the runs are counted that others have started of an author's definitions. */
export const authoredBy = (authorId: number) => -1 - authorId;
/** How many bits of a time, in milliseconds, the spans of each level leave out: four minutes, and 19 hours. */
export const spanLevels = [18, 26];

export interface CountableRun {
  id: string;
  ownerId: number;
  authorId: number | null;
  definitionId: number | null;
  state: string;
  endReason: string | null;
  createdAtMs: number;
  keptBytes: number | null;
}

export const countable =
  'r.id AS id, owner_id AS ownerId, author_id AS authorId, definition_id AS definitionId, state, end_reason AS endReason, created_at AS createdAtMs, kept_bytes AS keptBytes';

/** How many runs are added in one transaction, and as many of the newest ones are left out: most of them have not ended. */
const bite = 500;

/** Adds the next runs, if there are enough. Returns the id up to which all runs are counted, or null when there was nothing to do. */
export async function countMore(manager: EntityManager, after: string): Promise<string | null> {
  const newer = await rowsOf(manager, 'SELECT id FROM run WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?', [after, 2 * bite - 1]);
  if (newer.length === 0) return null;
  const sql = `SELECT ${countable} FROM run r WHERE r.id > ? ORDER BY r.id LIMIT ?`;
  const runs = await rowsOf<CountableRun>(manager, sql, [after, bite]);
  const lastId = runs[bite - 1].id;
  await execute(manager, 'DELETE FROM run_uncounted WHERE run_id > ? AND run_id <= ?', [after, lastId]);
  await addCounts(manager, runs.filter(hasEnded), 1);
  for (const { id } of runs.filter((run) => !hasEnded(run))) await leaveOut(manager, id);
  if ((await execute(manager, 'UPDATE run_counted SET last_id = ? WHERE id = 1', [lastId])) === 0)
    await execute(manager, 'INSERT INTO run_counted VALUES (1, ?)', [lastId]);
  return lastId;
}

/** Adds those of the next runs that were left out and have ended by now. Returns the last id that was looked at, or '' at the end. */
export async function countLeftOut(manager: EntityManager, after: string): Promise<string> {
  const sql = `SELECT ${countable} FROM run_uncounted u CROSS JOIN run r ON r.id = u.run_id WHERE u.run_id > ? ORDER BY u.run_id LIMIT ?`;
  const runs = await rowsOf<CountableRun>(manager, sql, [after, bite]);
  const ended = runs.filter(hasEnded);
  await addCounts(manager, ended, 1);
  for (const { id } of ended) await execute(manager, 'DELETE FROM run_uncounted WHERE run_id = ?', [id]);
  return runs.length < bite ? '' : runs[bite - 1].id;
}

/** For a run whose id others have overtaken, or that has not ended. */
export async function leaveOut(manager: EntityManager, id: string): Promise<void> {
  await execute(manager, 'INSERT INTO run_uncounted VALUES (?)', [id]);
}

/** To be called in the transaction that removes the runs. */
export async function subtract(manager: EntityManager, runs: CountableRun[], countedUpTo: string): Promise<void> {
  const counted: CountableRun[] = [];
  for (const run of runs) {
    if (run.id > countedUpTo) continue;
    if ((await execute(manager, 'DELETE FROM run_uncounted WHERE run_id = ?', [run.id])) === 0) counted.push(run);
  }
  await addCounts(manager, counted, -1);
}

/** To be called in the transaction that stores new sizes; `runs` as they were before it. Null: the run is to be measured again. */
export async function countSizes(manager: EntityManager, runs: CountableRun[], sizes: Map<string, number | null>): Promise<void> {
  const upTo = await countedUpTo(manager);
  const spans = new Map<string, Span>();
  for (const run of runs) {
    if (run.id > upTo || (await isLeftOut(manager, run.id))) continue;
    const size = sizes.get(run.id) ?? null;
    const change = {
      n: 0,
      bytes: (size ?? 0) - Number(run.keptBytes ?? 0),
      unmeasured: Number(size === null) - Number(run.keptBytes === null),
    };
    for (const owner of countedUnder(run)) for (const level of spanLevels) addToSpan(spans, { owner, level, run, change });
  }
  await addToRows(manager, spanTable, rowsOfSpans(spans));
}

async function isLeftOut(manager: EntityManager, id: string): Promise<boolean> {
  return (await rowsOf(manager, 'SELECT run_id FROM run_uncounted WHERE run_id = ?', [id])).length > 0;
}

export async function countedUpTo(manager: EntityManager): Promise<string> {
  const [row] = await rowsOf<{ last_id: string }>(manager, 'SELECT last_id FROM run_counted WHERE id = 1', []);
  return row?.last_id ?? '';
}

const hasEnded = ({ state }: CountableRun) => state === 'finished';

interface Change {
  n: number;
  bytes: number;
  unmeasured: number;
}

interface Span extends Change {
  firstId: string;
  lastId: string;
}

function countedUnder({ ownerId, authorId }: CountableRun): number[] {
  return authorId === null ? [everybody, ownerId] : [everybody, ownerId, authoredBy(Number(authorId))];
}

async function addCounts(manager: EntityManager, runs: CountableRun[], step: 1 | -1): Promise<void> {
  const values = new Map<string, number>();
  const spans = new Map<string, Span>();
  for (const run of runs) {
    const { definitionId, endReason, keptBytes } = run;
    const change = { n: step, bytes: step * Number(keptBytes ?? 0), unmeasured: keptBytes === null ? step : 0 };
    for (const owner of countedUnder(run)) {
      for (const entry of [`${owner} reason ${endReason ?? ''}`, `${owner} definition ${definitionId ?? ''}`])
        values.set(entry, (values.get(entry) ?? 0) + step);
      for (const level of spanLevels) addToSpan(spans, { owner, level, run, change });
    }
  }
  const valueRows = [...values].map(([entry, n]) => {
    const [owner, field, value] = entry.split(' ');
    return [Number(owner), field, value, n];
  });
  await addToRows(manager, valueTable, valueRows);
  await addToRows(manager, spanTable, rowsOfSpans(spans));
  if (step > 0) return;
  await removeZeros(manager, valueTable, valueRows);
  await removeZeros(manager, spanTable, rowsOfSpans(spans));
}

const valueTable: CountTable = { table: 'run_count', key: ['owner_id', 'field', 'value'], sums: ['n'] };
const spanTable: CountTable = {
  table: 'run_span',
  key: ['owner_id', 'level', 'span'],
  sums: ['n', 'bytes', 'unmeasured'],
  least: 'first_id',
  greatest: 'last_id',
};

function rowsOfSpans(spans: Map<string, Span>): (string | number)[][] {
  return [...spans].map(([entry, { n, bytes, unmeasured, firstId, lastId }]) => [
    ...entry.split(' ').map(Number),
    ...[n, bytes, unmeasured, firstId, lastId],
  ]);
}

function addToSpan(spans: Map<string, Span>, one: { owner: number; level: number; run: CountableRun; change: Change }): void {
  const { owner, level, run, change } = one;
  const { id } = run;
  const entry = `${owner} ${level} ${spanOf(run.createdAtMs, level)}`;
  const { n, bytes, unmeasured, firstId, lastId } = spans.get(entry) ?? { n: 0, bytes: 0, unmeasured: 0, firstId: id, lastId: id };
  spans.set(entry, {
    n: n + change.n,
    bytes: bytes + change.bytes,
    unmeasured: unmeasured + change.unmeasured,
    firstId: id < firstId ? id : firstId,
    lastId: id > lastId ? id : lastId,
  });
}

export function spanOf(timeMs: number, level: number): number {
  return Math.floor(Number(timeMs) / 2 ** level);
}
