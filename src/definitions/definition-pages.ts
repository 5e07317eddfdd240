// Finds the definitions of one page: along indexes where these give the order, else by sorting what a selective filter leaves.
import { type Branch, mergedPage, passedRows, quickRows } from '../database/merged-pages.js';
import type { Query } from '../database/read-snapshot.js';
import type { Principal } from '../model/roles.js';
import { type CountedField, countKept } from './definition-counts.js';
import {
  type Condition,
  type Filter,
  type FilterField,
  filterCondition,
  indexColumns,
  indexStart,
  type Ordering,
  orderClause,
} from './filters.js';
import { idsInMixedOrder } from './mixed-order.js';

export interface DefinitionPage {
  filters: Filter[];
  orderings: Ordering[];
  limit: number;
  offset: number;
}

export interface FoundPage {
  /** In the order of the page. */
  ids: number[];
  total: number;
}

/** A page that indexes give in order. */
interface Straight {
  total: number;
  branches: Branch[];
  ordering: Ordering;
}

/** A page may be merged from this many values of a field. */
const mostBranches = 50;

export const table = 'process_definition';

/** Null: it would take too long for the server's own thread, unless `isSlow`, when it may take its time. */
export async function findPage(
  query: Query,
  { viewer, isSlow, ...page }: DefinitionPage & { viewer: Principal; isSlow: boolean },
): Promise<FoundPage | null> {
  const straight = await straightPage(query, viewer, page);
  if (straight) {
    const length = Math.max(0, Math.min(page.limit, straight.total - page.offset));
    const fromEnd = page.offset > straight.total / 2;
    const offset = fromEnd ? straight.total - page.offset - length : page.offset;
    const { branches, ordering, total } = straight;
    if (length === 0) return { ids: [], total };
    if (!isSlow && passedRows({ branches, limit: length, offset }) > quickRows) return null;
    const ids = await idsInOrder(query, { branches, ordering, fromEnd, limit: length, offset });
    return { ids: fromEnd ? ids.reverse() : ids, total };
  }
  if (!isSlow && page.filters.some(readsAll)) return null;
  if (isSlow) return sortedPage(query, page, { from: table, conditions: [...visible(viewer), ...page.filters.map(filterCondition)] });
  const few = await mostSelective(query, viewer, page.filters);
  if (!few) return null;
  const parameters = [...(few.parameters ?? []), quickRows];
  const fewRows = `(SELECT id AS few_id FROM ${table} WHERE ${few.sql} LIMIT ?) few`;
  const isAll = viewer.role === 'admin' && page.filters.length === 1 && few.isFilter;
  if (isAll && page.orderings.length === 0)
    return sortedPage(query, page, { from: fewRows.replace('id AS few_id', 'id'), parameters, conditions: [] });
  const from = `${fewRows} CROSS JOIN ${table} ON id = few_id`;
  return sortedPage(query, page, { from, parameters, conditions: [...visible(viewer), ...page.filters.map(filterCondition)] });
}

interface Ordered {
  branches: Branch[];
  ordering: Ordering;
  fromEnd: boolean;
  limit: number;
  offset: number;
}

async function idsInOrder(query: Query, { branches, ordering: { field, descending }, fromEnd, limit, offset }: Ordered): Promise<number[]> {
  if (field !== 'id' && descending) return idsInMixedOrder(query, { branches, column: indexColumns[field], fromEnd, limit, offset });
  const columns = field === 'id' ? ['id'] : [indexColumns[field], 'id'];
  const { sql, parameters } = mergedPage({ table, columns, descending: descending !== fromEnd, branches, limit, offset });
  return (await query<{ id: number }>(sql, parameters)).map(({ id }) => Number(id));
}

/** Null: no index gives this page in order, or nothing counts its rows. */
async function straightPage(query: Query, viewer: Principal, { filters, orderings }: DefinitionPage): Promise<Straight | null> {
  const [ordering = { field: 'id', descending: false } as Ordering, ...further] = orderings;
  if (filters.length > 1 || (further.length > 0 && ordering.field !== 'id')) return null;
  const [filter] = filters;
  if (!filter) {
    if (ordering.field === 'exec' && (await countKept(query, viewer, { field: 'long' })) > 0) return null;
    const total = await countKept(query, viewer, { field: 'processType' });
    return { total, branches: scopes(viewer), ordering };
  }
  if ('condition' in filter) return null;
  const { field, comparison } = filter;
  if (ordering.field !== 'id' || !isCounted(field) || (comparison !== 'exact' && comparison !== 'in')) return null;
  const values = [...new Set(filter.values as string[])];
  const isTooMuch = values.length > mostBranches || values.some((value) => indexStart(value) !== value);
  if (isTooMuch) return null;
  const branches = scopes(viewer).flatMap(({ where, parameters }) =>
    values.map((value) => ({
      where: `${where} AND ${indexColumns[field]} = ?${field === 'exec' ? ' AND exec = ?' : ''}`,
      parameters: [...parameters, value, ...(field === 'exec' ? [value] : [])],
    })),
  );
  return { total: values.length === 0 ? 0 : await countKept(query, viewer, { field, values }), branches, ordering };
}

const isCounted = (field: FilterField): field is CountedField => field !== 'id' && field !== 'name';

/** What a viewer sees: an index gives each of these in every order. */
function scopes({ role, userId }: Principal): Branch[] {
  if (role === 'admin') return [{ where: '1 = 1', parameters: [] }];
  return [
    { where: 'owner_id = ?', parameters: [userId] },
    { where: 'shared = 1', parameters: [] },
  ];
}

/** A viewer sees its own definitions and the shared ones; an admin sees all. */
export function visible(viewer: Principal): Condition[] {
  return viewer.role === 'admin' ? [] : [{ sql: '(owner_id = ? OR shared = 1)', parameters: [viewer.userId] }];
}

type Selective = Condition & { isFilter: boolean };

/** The condition that the fewest rows meet; null: more rows meet each of them than can be read quickly. */
async function mostSelective(query: Query, viewer: Principal, filters: Filter[]): Promise<Selective | null> {
  let [few, fewest]: [Selective | null, number] = [null, quickRows + 1];
  const indexed = filters.filter(hasIndex).map((filter) => ({ ...filterCondition(filter), isFilter: true }));
  for (const condition of [...indexed, ...scopesTogether(viewer).map((one) => ({ ...one, isFilter: false }))]) {
    if (fewest <= fewEnough) break;
    const { sql, parameters = [] } = condition;
    const [{ n }] = await query<{ n: number }>(`SELECT COUNT(*) AS n FROM (SELECT id FROM ${table} WHERE ${sql} LIMIT ?) counted`, [
      ...parameters,
      fewest,
    ]);
    if (Number(n) < fewest) [few, fewest] = [condition, Number(n)];
  }
  return few;
}

/** With so few rows there is no point in looking for fewer. */
const fewEnough = 50;

const readsAll = (filter: Filter) => 'cost' in filter && filter.cost === 'reading';

function hasIndex(filter: Filter): boolean {
  return 'cost' in filter ? filter.cost === 'index' : filter.comparison !== 'contains' && filter.values.length > 0;
}

function scopesTogether(viewer: Principal): Condition[] {
  if (viewer.role === 'admin') return [{ sql: '1 = 1' }];
  const sql = `id IN (SELECT id FROM ${table} WHERE owner_id = ? UNION SELECT id FROM ${table} WHERE shared = 1)`;
  return [{ sql, parameters: [viewer.userId] }];
}

interface Source {
  from: string;
  parameters?: unknown[];
  conditions: Condition[];
}

/** Counts and sorts; a page near the end is read from the end. */
async function sortedPage(
  query: Query,
  { orderings, limit, offset }: DefinitionPage,
  { from, parameters = [], conditions }: Source,
): Promise<FoundPage> {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const values = [...parameters, ...conditions.flatMap((condition) => condition.parameters ?? [])];
  const [{ n }] = await query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${from}${where}`, values);
  const total = Number(n);
  const length = Math.min(limit, total - offset);
  if (length <= 0) return { ids: [], total };
  const fromEnd = offset > total / 2;
  const sql = `SELECT id FROM ${from}${where} ORDER BY ${orderClause(orderings, fromEnd)} LIMIT ? OFFSET ?`;
  const rows = await query<{ id: number }>(sql, [...values, length, fromEnd ? total - offset - length : offset]);
  const ids = rows.map(({ id }) => Number(id));
  return { ids: fromEnd ? ids.reverse() : ids, total };
}
