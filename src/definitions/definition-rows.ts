// Reads definitions by visibility, in plain SQL: the query builder and hydration cost six times more.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Query, readSnapshot } from '../database/read-snapshot.js';
import { SlowReads } from '../database/slow-reads.js';
import { constantQuery, sqliteConnection } from '../database/sqlite-connection.js';
import type { Principal } from '../model/roles.js';
import { DefinitionCache } from './definition-cache.js';
import { type DefinitionPage, findPage, table, visible } from './definition-pages.js';
import { type Condition, filterCondition } from './filters.js';
import { readHeld } from './held-definitions.js';
import { LargeRows } from './large-rows.js';
import { listVersion } from './list-version.js';

/** A definition as it is stored; `definition` is JSON text. */
export interface DefinitionRow {
  id: number;
  ownerId: number;
  name: string | null;
  shared: boolean;
  /** It is a tool of AI agents. */
  tool: boolean;
  definition: string;
  revision: number;
  updatedAtMs: number;
}

/** Without the content, which may have megabytes. */
export type DefinitionHead = Pick<DefinitionRow, 'id' | 'ownerId' | 'name' | 'revision' | 'updatedAtMs'>;

/** No more tools are read for one caller. */
const mostTools = 2000;

/** All of them are in the index of tools: the rows are not touched. */
const headColumns = 'id, owner_id AS ownerId, name, revision, updated_at AS updatedAtMs';
const columns = 'id, owner_id AS ownerId, name, shared, tool, definition, revision, updated_at AS updatedAtMs';

@Injectable()
export class DefinitionRows {
  /** Null: other servers may write as well. */
  private readonly remembered: DefinitionCache<DefinitionRow> | null;
  private readonly large = new LargeRows<DefinitionRow>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly slow: SlowReads,
  ) {
    this.remembered = sqliteConnection(dataSource) ? new DefinitionCache() : null;
  }

  /** Every write of definitions goes through here. */
  during<Result>(write: () => Promise<Result>): Promise<Result> {
    return this.remembered ? this.remembered.during(write) : write();
  }

  /** The rows of one page and the total number, as of one moment. `isCut`: there are fewer rows than wanted, since they are large. */
  async page(
    viewer: Principal,
    page: DefinitionPage,
    signal?: AbortSignal,
  ): Promise<{ rows: DefinitionRow[]; isCut: boolean; total: number }> {
    const read = (isSlow: boolean) => async (query: Query) => {
      const found = await findPage(query, { viewer, isSlow, ...page });
      return found && { ...(await inOrder(query, found.ids)), total: found.total };
    };
    const quick = await readSnapshot(this.dataSource, read(false));
    return quick ?? ((await this.slow.read(read(true), { userId: viewer.userId, signal })) as NonNullable<typeof quick>);
  }

  /** The version of the viewer's own definitions. */
  version({ userId }: Principal): Promise<string> {
    return listVersion(this.constant, userId);
  }

  async byId(viewer: Principal, id: number): Promise<DefinitionRow | undefined> {
    const [row] = await this.cached(`id ${id}`, () => select(this.constant, [{ sql: 'id = ?', parameters: [id] }]));
    return row && sees(viewer, row) ? row : undefined;
  }

  /** `isCut`: they are large, and not all of them were read. */
  byIds(viewer: Principal, ids: number[]): Promise<{ rows: DefinitionRow[]; isCut: boolean }> {
    return readHeld(ids.length, (from, count) => {
      const some = filterCondition({ field: 'id', comparison: 'in', values: ids.slice(from, from + count) });
      return select(this.query, [...visible(viewer), some]);
    });
  }

  /** Whose the definitions with these ids are, as far as the viewer may see them; in the order of the ids. */
  async owners(viewer: Principal, ids: number[]): Promise<{ id: number; ownerId: number }[]> {
    if (ids.length === 0) return [];
    const conditions = [...visible(viewer), filterCondition({ field: 'id', comparison: 'in', values: ids })];
    const sql = `SELECT id, owner_id AS ownerId FROM ${table}${whereClause(conditions)} ORDER BY id`;
    const rows = await this.query<{ id: number; ownerId: number }>(sql, sqlParameters(conditions));
    return rows.map(({ id, ownerId }) => ({ id: Number(id), ownerId: Number(ownerId) }));
  }

  byName(viewer: Principal, name: string): Promise<DefinitionRow[]> {
    const conditions = [...visible(viewer), { sql: 'name = ?', parameters: [name] }];
    const whose = viewer.role === 'admin' ? 'all' : viewer.userId;
    return this.cached(`name ${whose} ${name}`, () => select(this.constant, conditions, { tail: 'ORDER BY id', parameters: [] }));
  }

  /**
   * The tools of AI agents among the viewer's own and the shared definitions, also for an admin, who sees more. Its own come first, then the oldest:
   * however many others share, the viewer's own are within the limit.
   */
  async tools({ userId }: Principal): Promise<DefinitionHead[]> {
    const order = 'ORDER BY CASE WHEN owner_id = ? THEN 0 ELSE 1 END, id LIMIT ?';
    const sql = `SELECT ${headColumns} FROM ${table} WHERE tool = 1 AND (owner_id = ? OR shared = 1) ${order}`;
    const rows = await this.constant<DefinitionHead>(sql, [userId, userId, mostTools]);
    return rows.map(({ id, ownerId, name, revision, updatedAtMs }) => ({
      id: Number(id),
      ownerId: Number(ownerId),
      name,
      revision: Number(revision),
      updatedAtMs: Number(updatedAtMs),
    }));
  }

  private cached(key: string, read: () => Promise<DefinitionRow[]>): Promise<DefinitionRow[]> {
    const once = async () => (await read()).map((row) => this.large.once(row));
    return this.remembered ? this.remembered.find(key, once) : once();
  }

  private readonly query: Query = (sql, parameters) => this.dataSource.query(sql, parameters);
  /** Runs queries whose texts are the same each time. */
  private readonly constant: Query = (sql, parameters = []) => constantQuery(this.dataSource, sql, parameters);
}

/** The rows with these ids, in this order. */
function inOrder(query: Query, ids: number[]): Promise<{ rows: DefinitionRow[]; isCut: boolean }> {
  return readHeld(ids.length, async (from, count) => {
    const some = ids.slice(from, from + count);
    const rows = await select(query, [filterCondition({ field: 'id', comparison: 'in', values: some })]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return some.flatMap((id) => byId.get(id) ?? []);
  });
}

async function select(
  query: Query,
  conditions: Condition[],
  { tail, parameters } = { tail: '', parameters: [] as unknown[] },
): Promise<DefinitionRow[]> {
  const sql = `SELECT ${columns} FROM ${table}${whereClause(conditions)} ${tail}`;
  return (await query<DefinitionRow>(sql, [...sqlParameters(conditions), ...parameters])).map(asRow);
}

/** As `visible`, for one row. */
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
  raw.tool = Boolean(raw.tool);
  raw.revision = Number(raw.revision);
  raw.updatedAtMs = Number(raw.updatedAtMs);
  return raw;
}
