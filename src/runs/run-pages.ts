// Finds the runs of one page: along the index that gives them in order with the fewest others between them.
import { type Branch, mergedPage, passedRows, quickRows } from '../database/merged-pages.js';
import type { Query } from '../database/read-snapshot.js';
import { endReasons, runStates } from '../model/states.js';
import { conditionOf, type Dimension, dimensionsOf, only, type RunFilters, RunTotals, scopeOf } from './run-totals.js';

export interface RunPage {
  filters: RunFilters;
  oldestFirst: boolean;
  limit: number;
  offset: number;
  /** The id after which the page begins. */
  after?: string;
}

export interface FoundRuns {
  /** In the order of the page. */
  ids: string[];
  total: number;
}

/** Null: it would take too long for the server's own thread, unless `isSlow`, when it may take its time. */
export async function findRuns(query: Query, wanted: RunPage, isSlow: boolean): Promise<FoundRuns | null> {
  const totals = await RunTotals.open(query, isSlow);
  if (!totals) return null;
  const page = { ...wanted, filters: await narrowed(totals, wanted.filters) };
  const plan = await planOf(totals, page.filters);
  if (!plan) return null;
  const total = plan.total ?? (await countTogether(query, page.filters, { plan, isSlow }));
  if (total === null) return null;
  const offset = page.after ? 0 : page.offset;
  const length = page.after ? page.limit : Math.max(0, Math.min(page.limit, total - offset));
  if (length === 0 || total === 0) return { ids: [], total };
  const fromEnd = !page.after && offset > total / 2;
  const part = { limit: length, offset: fromEnd ? total - offset - length : offset, descending: page.oldestFirst === fromEnd };
  const ids = await idsOf(query, { ...part, page, plan, isSlow, total });
  return ids && { ids: fromEnd ? ids.reverse() : ids, total };
}

/** Most users are not the author of any run of others: their lists need one index. */
async function narrowed(totals: RunTotals, filters: RunFilters): Promise<RunFilters> {
  const { seenBy, ...others } = filters;
  if (seenBy === undefined || (await totals.simple({ authorId: seenBy }))?.n !== 0) return filters;
  return { ...others, ownerId: seenBy };
}

interface Plan {
  /** Null: it takes a count by several columns. */
  total: number | null;
  /** The dimension, or whose runs they are, or nothing, whose index is followed, and how many runs that has. */
  driver: Dimension | undefined;
  driverRows: number;
  /** Whether the index gives no other runs. */
  isExact: boolean;
  bounds: { first: string | null; last: string | null } | null;
}

/** Null: a count that is needed cannot be made quickly. */
async function planOf(totals: RunTotals, filters: RunFilters): Promise<Plan | null> {
  const dimensions = dimensionsOf(filters);
  const scope = scopeOf(filters);
  const isScoped = Object.values(scope).some((user) => user !== undefined);
  const candidates: (Dimension | undefined)[] = !isScoped && dimensions.some(isColumn) ? [] : [undefined];
  let [driver, driverRows]: [Dimension | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const dimension of [...candidates, ...dimensions.filter(isColumn)]) {
    const counted = await totals.simple(dimension === undefined ? scope : only(filters, dimension));
    if (!counted) return null;
    if (counted.n < driverRows) [driver, driverRows] = [dimension, counted.n];
  }
  const created = dimensions.includes('created') ? await totals.simple({ ...scope, ...only(filters, 'created') }) : undefined;
  if (created === null) return null;
  const single = dimensions.length <= 1 && !dimensions.includes('other') ? (created ?? (await totals.simple(filters))) : undefined;
  if (single === null) return null;
  const isExact = dimensions.every((dimension) => dimension === driver || dimension === 'created') && (driver === undefined || !isScoped);
  return { total: single?.n ?? null, driver, driverRows, isExact, bounds: created ?? null };
}

const isColumn = (dimension: Dimension) => dimension !== 'created' && dimension !== 'other';

/** Null: too many runs would have to be looked at. */
async function countTogether(query: Query, filters: RunFilters, { plan, isSlow }: { plan: Plan; isSlow: boolean }): Promise<number | null> {
  if (!isSlow && plan.driverRows > quickRows) return null;
  const few = plan.driver === undefined ? scopes(filters) : [indexedRows(filters, plan.driver)];
  const all = conditionOf(filters);
  const rows = few.map(({ where }) => `SELECT r.id AS few_id FROM run r WHERE ${where}`).join(' UNION ALL ');
  const sql = `SELECT COUNT(*) AS n FROM (${rows}) few CROSS JOIN run r ON r.id = few_id WHERE ${all.sql}`;
  const [{ n }] = await query<{ n: number }>(sql, [...few.flatMap(({ parameters }) => parameters), ...all.parameters]);
  return Number(n);
}

interface Walk {
  page: RunPage;
  plan: Plan;
  isSlow: boolean;
  total: number;
  descending: boolean;
  limit: number;
  offset: number;
}

async function idsOf(query: Query, { page, plan, isSlow, total, ...wanted }: Walk): Promise<string[] | null> {
  const branches = branchesOf(page, plan);
  const read = async (sql: string, parameters: unknown[]) => (await query<{ id: string }>(sql, parameters)).map(({ id }) => id);
  if (isSlow || plan.isExact) {
    if (!isSlow && passedRows({ branches, ...wanted }) > quickRows) return null;
    const rest = plan.isExact ? createdOf(page.filters) : conditionOf(page.filters);
    const filtered = branches.map(({ where, parameters }) => ({
      where: rest.parameters.length === 0 ? where : `${where} AND ${rest.sql}`,
      parameters: [...parameters, ...rest.parameters],
    }));
    const { sql, parameters } = mergedPage({ table: 'run r', columns: ['id'], branches: filtered, ...wanted });
    return read(sql, parameters);
  }
  // among the first runs that the index gives there may be enough of those that are wanted
  const expected = ((wanted.limit + wanted.offset) * plan.driverRows) / total;
  for (const rows of expected < quickRows / 16 ? [Math.ceil(8 * expected), quickRows] : [quickRows]) {
    const found = await lookAmong(query, { page, plan, ...wanted, rows });
    if (found.length === wanted.limit || plan.driverRows <= rows) return found;
  }
  return null;
}

/** Those of the page that are among the first rows of the index. */
async function lookAmong(
  query: Query,
  { page, plan, rows, ...wanted }: Omit<Walk, 'isSlow' | 'total'> & { rows: number },
): Promise<string[]> {
  const looked = { descending: wanted.descending, limit: rows, offset: 0 };
  const { sql, parameters } = mergedPage({ table: 'run r', columns: ['id'], branches: branchesOf(page, plan), ...looked });
  const rest = conditionOf(page.filters);
  const order = `ORDER BY r.id ${wanted.descending ? 'DESC' : 'ASC'} LIMIT ? OFFSET ?`;
  const text = `SELECT r.id AS id FROM (${sql}) looked CROSS JOIN run r ON r.id = looked.id WHERE ${rest.sql} ${order}`;
  const found = await query<{ id: string }>(text, [...parameters, ...rest.parameters, wanted.limit, wanted.offset]);
  return found.map(({ id }) => id);
}

function createdOf({ createdFromMs, createdToMs }: RunFilters) {
  return conditionOf({ createdFromMs, createdToMs });
}

/** The rows of the index that the plan follows, between the ids that the page is limited to. */
function branchesOf({ filters, oldestFirst, after }: RunPage, { driver, bounds }: Plan): Branch[] {
  const limits: Branch[] = [];
  if (bounds) limits.push({ where: 'r.id BETWEEN ? AND ?', parameters: [bounds.first, bounds.last] });
  if (after) limits.push({ where: `r.id ${oldestFirst ? '>' : '<'} ?`, parameters: [after] });
  return drivingRows(filters, driver).map(({ where, parameters }) => ({
    where: [where, ...limits.map((limit) => limit.where)].join(' AND '),
    parameters: [...parameters, ...limits.flatMap((limit) => limit.parameters)],
  }));
}

/** The index of ends begins with the state. */
function indexedRows(filters: RunFilters, driver: Dimension): Branch {
  const own = only(filters, driver);
  const { sql, parameters } = conditionOf(driver === 'ended' ? { ...own, state: own.state ?? [...runStates] } : own);
  return { where: sql, parameters };
}

/** Whose runs they are: an index gives each of these in order, and no run is in two of them. */
function scopes(filters: RunFilters): Branch[] {
  const { ownerId, authorId, seenBy } = scopeOf(filters);
  const owned = (user: unknown) => ({ where: 'r.owner_id = ?', parameters: [user] });
  const authored = (user: unknown) => ({ where: 'r.author_id = ?', parameters: [user] });
  if (seenBy !== undefined) return [owned(seenBy), authored(seenBy)];
  if (authorId !== undefined) return [authored(authorId)];
  return [ownerId === undefined ? { where: '1 = 1', parameters: [] } : owned(ownerId)];
}

function drivingRows(filters: RunFilters, driver: Dimension | undefined): Branch[] {
  const { state, endReason, definitionId } = filters;
  if (driver === 'definition') return [{ where: 'r.definition_id = ?', parameters: [definitionId] }];
  if (driver !== 'ended') return scopes(filters);
  const states = [...new Set(state ?? runStates)];
  const reasons: (string | null)[] = [...new Set(endReason ?? [null, ...endReasons])];
  const pairs = states.flatMap((one) =>
    reasons.filter((reason) => one === 'finished' || reason === null || endReason).map((reason) => [one, reason]),
  );
  return pairs.map(([one, reason]) =>
    reason === null
      ? { where: 'r.state = ? AND r.end_reason IS NULL', parameters: [one] }
      : { where: 'r.state = ? AND r.end_reason = ?', parameters: [one, reason] },
  );
}
