// How many definitions each user has with each program, application and process type: kept in the transactions that write definitions.
import type { EntityManager } from 'typeorm';
import { addToRows, type CountTable, removeZeros } from '../database/add-to-rows.js';
import { execute } from '../database/prepared-statements.js';
import type { Query } from '../database/read-snapshot.js';
import type { Principal } from '../model/roles.js';

/** The fields whose values are counted. */
export type CountedField = 'exec' | 'application' | 'processType';

export interface CountedRow {
  id: number;
  ownerId: number;
  exec: string;
  execStart: string;
  application: string;
  processType: string;
  shared: boolean;
  definition: string;
}

/** `former` null: the definition is new; `now` null: it is removed. */
export async function countChange(manager: EntityManager, former: CountedRow | null, now: CountedRow | null): Promise<void> {
  const [gone, come] = [former ? entriesOf(former) : [], now ? entriesOf(now) : []];
  const has = (entries: Entry[], one: Entry) => entries.some((entry) => entry.every((part, index) => part === one[index]));
  const changes = [
    ...gone.filter((entry) => !has(come, entry)).map((entry) => rowOf(entry, -1)),
    ...come.filter((entry) => !has(gone, entry)).map((entry) => rowOf(entry, 1)),
  ];
  await addToRows(manager, counts, changes);
  if (former) await removeZeros(manager, counts, changes);
}

export async function forgetCounts(manager: EntityManager, ownerId: number): Promise<void> {
  await execute(manager, 'DELETE FROM definition_count WHERE owner_id = ?', [ownerId]);
}

type Entry = [ownerId: number, field: CountedField | 'long' | 'keep', value: string, shared: number];

function entriesOf({ id, ownerId, exec, execStart, application, processType, shared, definition }: CountedRow): Entry[] {
  const owner = Number(ownerId);
  return [
    exec === execStart ? [owner, 'exec', exec, Number(shared)] : [owner, 'long', '', Number(shared)],
    [owner, 'application', application, Number(shared)],
    [owner, 'processType', processType, Number(shared)],
    ...(definition.includes('"keep"') ? [[owner, 'keep', String(id), Number(shared)] as Entry] : []),
  ];
}

const counts: CountTable = { table: 'definition_count', key: ['owner_id', 'field', 'value'], sums: ['n', 'shared_n'] };

const rowOf = ([owner, field, value, shared]: Entry, step: 1 | -1) => [owner, field, value, step, step * shared];

/** The ids of the definitions that may have a key `keep`. */
export async function idsWithKeep(query: Query): Promise<number[]> {
  const rows = await query<{ value: string }>("SELECT value FROM definition_count WHERE field = 'keep'");
  return rows.map(({ value }) => Number(value));
}

export interface CountedValues {
  field: CountedField | 'long';
  values?: string[];
}

/** How many of the definitions that the viewer sees have one of these values; without values: all of the field. */
export async function countKept(query: Query, viewer: Principal, { field, values }: CountedValues): Promise<number> {
  const which = values ? `field = ? AND value IN (${values.map(() => '?').join(', ')})` : 'field = ?';
  const wanted = [field, ...(values ?? [])];
  if (viewer.role === 'admin') return sum(query, `SELECT SUM(n) AS n FROM definition_count WHERE ${which}`, wanted);
  const own = await sum(query, `SELECT SUM(n - shared_n) AS n FROM definition_count WHERE owner_id = ? AND ${which}`, [
    viewer.userId,
    ...wanted,
  ]);
  return own + (await sum(query, `SELECT SUM(shared_n) AS n FROM definition_count WHERE ${which}`, wanted));
}

async function sum(query: Query, sql: string, parameters: unknown[]): Promise<number> {
  const [{ n }] = await query<{ n: number | string | null }>(sql, parameters);
  return Number(n ?? 0);
}
