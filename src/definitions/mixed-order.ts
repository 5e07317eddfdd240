// Pages in the order of a falling column and a rising id, from an index that rises in both: first which values the page has, then their rows.
import { type Branch, mergedPage } from '../database/merged-pages.js';
import type { Query } from '../database/read-snapshot.js';

export interface MixedPage {
  branches: Branch[];
  column: string;
  /** The same order read from its end: a rising column and a falling id. */
  fromEnd: boolean;
  limit: number;
  offset: number;
}

const table = 'process_definition';
type Value = string | null;

export async function idsInMixedOrder(query: Query, page: MixedPage): Promise<number[]> {
  const { branches, column, fromEnd } = page;
  const values = await valuesOf(query, page);
  if (values.length === 0) return [];
  const [first, last] = [values[0], values[values.length - 1]];
  const before = await countBefore(query, page, first);
  const inner = [...new Set(values.filter((value) => value !== first && value !== last))];
  const groups = new Map<Value, number[]>();
  const read = async (value: Value, range: { limit: number; offset: number }) => {
    const equal = value === null ? `${column} IS NULL` : `${column} = ?`;
    const within = branches.map(({ where, parameters }) => ({
      where: `${where} AND ${equal}`,
      parameters: value === null ? parameters : [...parameters, value],
    }));
    const { sql, parameters } = mergedPage({ table, columns: ['id'], descending: fromEnd, branches: within, ...range });
    groups.set(
      value,
      (await query<{ id: number }>(sql, parameters)).map(({ id }) => Number(id)),
    );
  };
  await read(first, { limit: values.filter((value) => value === first).length, offset: before });
  if (last !== first) await read(last, { limit: values.filter((value) => value === last).length, offset: 0 });
  for (const [value, ids] of await wholeGroups(query, page, inner)) groups.set(value, ids);
  return [...new Set(values)].flatMap((value) => groups.get(value) ?? []);
}

/** The column of each row of the page, in order. */
async function valuesOf(query: Query, { branches, column, fromEnd, limit, offset }: MixedPage): Promise<Value[]> {
  const { sql, parameters } = mergedPage({ table, columns: [column, 'id'], descending: !fromEnd, branches, limit, offset });
  return (await query<Record<string, Value>>(sql, parameters)).map((row) => row[column]);
}

/** How many rows with this value come before the page. */
async function countBefore(query: Query, { branches, column, fromEnd, offset }: MixedPage, value: Value): Promise<number> {
  if (offset === 0) return 0;
  const { sql, parameters } = mergedPage({ table, columns: [column, 'id'], descending: !fromEnd, branches, limit: offset, offset: 0 });
  const equal = value === null ? `${column} IS NULL` : `${column} = ?`;
  const counted = `SELECT COUNT(*) AS n FROM (${sql}) before_page WHERE ${equal}`;
  const [{ n }] = await query<{ n: number }>(counted, value === null ? parameters : [...parameters, value]);
  return Number(n);
}

/** The ids of all rows with these values, which are as many as the page has. */
async function wholeGroups(query: Query, { branches, column, fromEnd }: MixedPage, values: Value[]): Promise<Map<Value, number[]>> {
  const groups = new Map<Value, number[]>();
  if (values.length === 0) return groups;
  const parts = branches.map(
    ({ where }) => `SELECT ${column}, id FROM ${table} WHERE ${where} AND ${column} IN (${values.map(() => '?').join(', ')})`,
  );
  const parameters = branches.flatMap((branch) => [...branch.parameters, ...values]);
  for (const row of await query<Record<string, Value | number>>(parts.join(' UNION '), parameters)) {
    const value = row[column] as Value;
    groups.set(value, [...(groups.get(value) ?? []), Number(row.id)]);
  }
  for (const ids of groups.values()) ids.sort((one, other) => (fromEnd ? other - one : one - other));
  return groups;
}
