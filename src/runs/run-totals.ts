// How many runs a list has: from the kept counts, with what is not counted yet, in one snapshot.
import { quickRows } from '../database/merged-pages.js';
import type { Query } from '../database/read-snapshot.js';
import { authoredBy, everybody, spanLevels, spanOf } from './run-counts.js';

/** Fields that a list can be filtered by; `from` and `to` are milliseconds since 1970, both included. */
export interface RunFilters {
  state?: string[];
  endReason?: string[];
  definitionId?: number;
  ownerId?: number;
  /** The author of the definitions; only runs that others have started. */
  authorId?: number;
  /** The owner, or the author. */
  seenBy?: number;
  createdFromMs?: number;
  createdToMs?: number;
  success?: boolean;
  /** A part of the name of the definition. */
  named?: string;
}

export interface Total {
  n: number;
  /** Between these ids are all runs that were counted, with others; null: there are none. */
  first: string | null;
  last: string | null;
}

/** What a condition on several columns says; whose runs they are may be added to any. Of `other` there is neither an index nor a count. */
export type Dimension = 'ended' | 'definition' | 'created' | 'other';

export interface Condition {
  sql: string;
  parameters: unknown[];
}

const list = (values: unknown[]) => values.map(() => '?').join(', ');
const oldest = -(2 ** 52);
const newest = 2 ** 52;

export function dimensionsOf({ state, endReason, definitionId, createdFromMs, createdToMs, ...rest }: RunFilters): Dimension[] {
  const { success, named, ownerId, authorId } = rest;
  const isOfOwner = ownerId !== undefined && authorId !== undefined;
  const dimensions: Dimension[] = [];
  if (state || endReason) dimensions.push('ended');
  if (definitionId !== undefined) dimensions.push('definition');
  if (createdFromMs !== undefined || createdToMs !== undefined) dimensions.push('created');
  if (success !== undefined || named !== undefined || isOfOwner) dimensions.push('other');
  return dimensions;
}

/** Whose runs alone: of these filters an index and the kept counts have one. */
export function scopeOf({ ownerId, authorId, seenBy }: RunFilters): RunFilters {
  if (seenBy !== undefined) return { seenBy };
  return authorId === undefined ? { ownerId } : { authorId };
}

/** The filters of one dimension alone, of all users. */
export function only(filters: RunFilters, dimension: Dimension): RunFilters {
  const { state, endReason, definitionId, createdFromMs, createdToMs } = filters;
  if (dimension === 'ended') return { state, endReason };
  if (dimension === 'definition') return { definitionId };
  return dimension === 'created' ? { createdFromMs, createdToMs } : {};
}

const isNamed = 'EXISTS (SELECT 1 FROM process_definition d WHERE d.id = r.definition_id AND INSTR(LOWER(d.name), LOWER(?)) > 0)';

export function conditionOf({ state, endReason, definitionId, createdFromMs, createdToMs, ...other }: RunFilters): Condition {
  const { ownerId, authorId, seenBy } = other;
  const parts: [string, unknown[]][] = [];
  if (authorId !== undefined) parts.push(['r.author_id = ?', [authorId]]);
  if (seenBy !== undefined) parts.push(['(r.owner_id = ? OR r.author_id = ?)', [seenBy, seenBy]]);
  if (ownerId !== undefined) parts.push(['r.owner_id = ?', [ownerId]]);
  if (state) parts.push([`r.state IN (${list(state)})`, state]);
  if (endReason) parts.push([`r.end_reason IN (${list(endReason)})`, endReason]);
  if (definitionId !== undefined) parts.push(['r.definition_id = ?', [definitionId]]);
  if (createdFromMs !== undefined) parts.push(['r.created_at >= ?', [createdFromMs]]);
  if (createdToMs !== undefined) parts.push(['r.created_at <= ?', [createdToMs]]);
  if (other.success !== undefined) parts.push(['r.success = ?', [Number(other.success)]]);
  if (other.named !== undefined) parts.push([isNamed, [other.named]]);
  return { sql: ['1 = 1', ...parts.map(([sql]) => sql)].join(' AND '), parameters: parts.flatMap(([, values]) => values) };
}

export class RunTotals {
  private constructor(
    private readonly query: Query,
    /** All runs up to this id are counted, but those that were left out. */
    private readonly upTo: string,
    private readonly isSlow: boolean,
  ) {}

  /** Null: too many runs are not counted yet to count them quickly. */
  static async open(query: Query, isSlow: boolean): Promise<RunTotals | null> {
    const [row] = await query<{ last_id: string }>('SELECT last_id FROM run_counted WHERE id = 1');
    const upTo = row?.last_id ?? '';
    if (isSlow) return new RunTotals(query, upTo, isSlow);
    const counted = `SELECT (SELECT COUNT(*) FROM (SELECT id FROM run WHERE id > ? LIMIT ?) tail)
      + (SELECT COUNT(*) FROM (SELECT run_id FROM run_uncounted LIMIT ?) left_out) AS n`;
    const [{ n }] = await query<{ n: number }>(counted, [upTo, quickRows + 1, quickRows + 1]);
    return Number(n) > quickRows ? null : new RunTotals(query, upTo, isSlow);
  }

  /** By one dimension at most, besides whose runs they are. Null: that cannot be counted quickly. */
  async simple(filters: RunFilters): Promise<Total | null> {
    const { seenBy, ...others } = filters;
    if (seenBy !== undefined) {
      // no run has the same user as its owner and its author
      const [own, authored] = [await this.simple({ ...others, ownerId: seenBy }), await this.simple({ ...others, authorId: seenBy })];
      return own && authored && together(own, authored);
    }
    const kept = await this.kept(filters);
    if (!kept) return null;
    const { sql, parameters } = conditionOf(filters);
    const selected = 'SELECT COUNT(*) AS n, MIN(r.id) AS first, MAX(r.id) AS last FROM';
    // the limit keeps SQLite from looking at all runs that meet the other conditions
    const newer = `${selected} (SELECT id AS newer_id FROM run WHERE id > ? LIMIT ?) newer CROSS JOIN run r ON r.id = newer_id WHERE ${sql}`;
    const tail = await this.one(newer, [this.upTo, Number.MAX_SAFE_INTEGER, ...parameters]);
    const leftOut = `${selected} run_uncounted u CROSS JOIN run r ON r.id = u.run_id WHERE u.run_id <= ? AND ${sql}`;
    return [tail, await this.one(leftOut, [this.upTo, ...parameters])].reduce(together, kept);
  }

  private async kept(filters: RunFilters): Promise<Total | null> {
    const owner = filters.authorId === undefined ? (filters.ownerId ?? everybody) : authoredBy(filters.authorId);
    const [dimension] = dimensionsOf(filters);
    if (dimension === 'created') return this.inTime(owner, filters);
    if (dimension === 'definition') return this.value(owner, 'definition', [String(filters.definitionId)]);
    if (filters.state && !filters.state.includes('finished')) return nothing;
    return this.value(owner, 'reason', filters.endReason);
  }

  private async value(owner: number, field: string, values?: string[]): Promise<Total> {
    const which = values ? ` AND value IN (${list(values)})` : '';
    const sql = `SELECT SUM(n) AS n, NULL AS first, NULL AS last FROM run_count WHERE owner_id = ? AND field = ?${which}`;
    return this.one(sql, [owner, field, ...(values ?? [])]);
  }

  private async inTime(owner: number, { createdFromMs = oldest, createdToMs = newest, ...filters }: RunFilters): Promise<Total | null> {
    if (createdFromMs > createdToMs) return nothing;
    let total = nothing;
    for (const [level, from, to] of wholeSpans(createdFromMs, createdToMs)) {
      const sql =
        'SELECT SUM(n) AS n, MIN(first_id) AS first, MAX(last_id) AS last FROM run_span WHERE owner_id = ? AND level = ? AND span BETWEEN ? AND ?';
      total = together(total, await this.one(sql, [owner, level, from, to]));
    }
    for (const span of brokenSpans(createdFromMs, createdToMs)) {
      const sql = 'SELECT n, first_id AS first, last_id AS last FROM run_span WHERE owner_id = ? AND level = ? AND span = ?';
      const [whole] = await this.query<Total>(sql, [owner, spanLevels[0], span]);
      if (!whole) continue;
      if (!this.isSlow && Number(whole.n) > quickRows) return null;
      const size = 2 ** spanLevels[0];
      const within = {
        ...scopeOf(filters),
        createdFromMs: Math.max(createdFromMs, span * size),
        createdToMs: Math.min(createdToMs, (span + 1) * size - 1),
      };
      const part = conditionOf(within);
      const counted = `SELECT COUNT(*) AS n, MIN(r.id) AS first, MAX(r.id) AS last FROM run r
        WHERE r.id BETWEEN ? AND ? AND ${part.sql} AND NOT EXISTS (SELECT 1 FROM run_uncounted u WHERE u.run_id = r.id)`;
      total = together(total, await this.one(counted, [whole.first, whole.last, ...part.parameters]));
    }
    return total;
  }

  private async one(sql: string, parameters: unknown[]): Promise<Total> {
    const [{ n, first, last }] = await this.query<{ n: number | string | null; first: string | null; last: string | null }>(
      sql,
      parameters,
    );
    return { n: Number(n ?? 0), first, last };
  }
}

const nothing: Total = { n: 0, first: null, last: null };

function together(one: Total, other: Total): Total {
  const firsts = [one.first, other.first].filter((id) => id !== null).sort();
  const lasts = [one.last, other.last].filter((id) => id !== null).sort();
  return { n: one.n + other.n, first: firsts[0] ?? null, last: lasts.at(-1) ?? null };
}

/** The spans that lie wholly between two times: large ones, and small ones on both sides of them. */
function wholeSpans(fromMs: number, toMs: number): [level: number, from: number, to: number][] {
  const [small, large] = spanLevels;
  const [first, last] = [spanOf(fromMs + 2 ** small - 1, small), spanOf(toMs + 1, small) - 1];
  const [firstLarge, lastLarge] = [spanOf(fromMs + 2 ** large - 1, large), spanOf(toMs + 1, large) - 1];
  if (firstLarge > lastLarge) return first > last ? [] : [[small, first, last]];
  const each = 2 ** (large - small);
  const all: [number, number, number][] = [
    [small, first, firstLarge * each - 1],
    [large, firstLarge, lastLarge],
    [small, (lastLarge + 1) * each, last],
  ];
  return all.filter(([, from, to]) => from <= to);
}

/** The small spans of which only a part lies between two times. */
function brokenSpans(fromMs: number, toMs: number): number[] {
  const size = 2 ** spanLevels[0];
  const [first, last] = [spanOf(fromMs, spanLevels[0]), spanOf(toMs, spanLevels[0])];
  return [...new Set([...(fromMs > first * size ? [first] : []), ...(toMs < (last + 1) * size - 1 ? [last] : [])])];
}
