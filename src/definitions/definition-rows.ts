// Reads definitions by visibility, filters, order and pages, in plain SQL: the query builder and hydration cost six times more.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Query, readSnapshot } from '../database/read-snapshot.js';
import { constantQuery, sqliteConnection } from '../database/sqlite-connection.js';
import type { Principal } from '../model/roles.js';
import { DefinitionCache } from './definition-cache.js';
import { type Condition, type Filter, filterCondition, type Ordering, orderClause } from './filters.js';

/** A definition as it is stored; `definition` is JSON text. */
export interface DefinitionRow {
  id: number;
  ownerId: number;
  name: string | null;
  shared: boolean;
  definition: string;
  revision: number;
  updatedAtMs: number;
}

export interface DefinitionPage {
  filters: Filter[];
  orderings: Ordering[];
  limit: number;
  offset: number;
}

const table = 'process_definition';
const columns = 'id, owner_id AS ownerId, name, shared, definition, revision, updated_at AS updatedAtMs';

@Injectable()
export class DefinitionRows {
  /** Null: other servers may write as well. */
  private readonly remembered: DefinitionCache<DefinitionRow> | null;

  constructor(private readonly dataSource: DataSource) {
    this.remembered = sqliteConnection(dataSource) ? new DefinitionCache() : null;
  }

  /** Every write of definitions goes through here. */
  during<Result>(write: () => Promise<Result>): Promise<Result> {
    return this.remembered ? this.remembered.during(write) : write();
  }

  /** The rows of one page and the total number, as of one moment. A page near the end is read from the end. */
  page(viewer: Principal, { filters, orderings, limit, offset }: DefinitionPage): Promise<{ rows: DefinitionRow[]; total: number }> {
    return readSnapshot(this.dataSource, async (query) => {
      const conditions = [...(await visibleInList(query, viewer)), ...filters.map(filterCondition)];
      const total = await count(query, conditions);
      const length = Math.min(limit, total - offset);
      if (length <= 0) return { rows: [], total };
      const fromEnd = offset > total / 2;
      const tail = `ORDER BY ${orderClause(orderings, fromEnd)} LIMIT ? OFFSET ?`;
      const rows = await select(query, conditions, { tail, parameters: [length, fromEnd ? total - offset - length : offset] });
      return { rows: fromEnd ? rows.reverse() : rows, total };
    });
  }

  async byId(viewer: Principal, id: number): Promise<DefinitionRow | undefined> {
    const [row] = await this.cached(`id ${id}`, () => select(this.constant, [{ sql: 'id = ?', parameters: [id] }]));
    return row && sees(viewer, row) ? row : undefined;
  }

  async byIds(viewer: Principal, ids: number[]): Promise<Map<number, DefinitionRow>> {
    const rows = await select(this.query, [...visible(viewer), filterCondition({ field: 'id', comparison: 'in', values: ids })]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  byName(viewer: Principal, name: string): Promise<DefinitionRow[]> {
    const conditions = [...visible(viewer), { sql: 'name = ?', parameters: [name] }];
    const whose = viewer.role === 'admin' ? 'all' : viewer.userId;
    return this.cached(`name ${whose} ${name}`, () => select(this.constant, conditions, { tail: 'ORDER BY id', parameters: [] }));
  }

  private cached(key: string, read: () => Promise<DefinitionRow[]>): Promise<DefinitionRow[]> {
    return this.remembered ? this.remembered.find(key, read) : read();
  }

  private readonly query: Query = (sql, parameters) => this.dataSource.query(sql, parameters);
  /** Runs queries whose texts are the same each time. */
  private readonly constant: Query = (sql, parameters = []) => constantQuery(this.dataSource, sql, parameters);
}

/** Where nobody else shares a definition, one index gives the viewer's own rows in order and counts them. */
async function visibleInList(query: Query, viewer: Principal): Promise<Condition[]> {
  if (viewer.role === 'admin') return [];
  const foreign = await count(query, [{ sql: 'shared = 1' }, { sql: 'owner_id <> ?', parameters: [viewer.userId] }]);
  return foreign === 0 ? [{ sql: 'owner_id = ?', parameters: [viewer.userId] }] : visible(viewer);
}

/** SQLite counts fast only with exactly this statement. */
async function count(query: Query, conditions: Condition[]): Promise<number> {
  const [{ n }] = await query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}${whereClause(conditions)}`, sqlParameters(conditions));
  return Number(n);
}

async function select(
  query: Query,
  conditions: Condition[],
  { tail, parameters } = { tail: '', parameters: [] as unknown[] },
): Promise<DefinitionRow[]> {
  const sql = `SELECT ${columns} FROM ${table}${whereClause(conditions)} ${tail}`;
  return (await query<DefinitionRow>(sql, [...sqlParameters(conditions), ...parameters])).map(asRow);
}

/** A viewer sees its own definitions and the shared ones; an admin sees all. */
function visible(viewer: Principal): Condition[] {
  return viewer.role === 'admin' ? [] : [{ sql: '(owner_id = ? OR shared = 1)', parameters: [viewer.userId] }];
}

/** The same rule for one row. */
function sees(viewer: Principal, { ownerId, shared }: DefinitionRow): boolean {
  return viewer.role === 'admin' || ownerId === viewer.userId || shared;
}

function whereClause(conditions: Condition[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

function sqlParameters(conditions: Condition[]): unknown[] {
  return conditions.flatMap(({ parameters = [] }) => parameters);
}

/** Converts the numbers and booleans of the different drivers to the same types. */
function asRow(raw: DefinitionRow): DefinitionRow {
  raw.id = Number(raw.id);
  raw.ownerId = Number(raw.ownerId);
  raw.shared = Boolean(raw.shared);
  raw.revision = Number(raw.revision);
  raw.updatedAtMs = Number(raw.updatedAtMs);
  return raw;
}
