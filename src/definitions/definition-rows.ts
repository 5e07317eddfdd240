// Reading definitions: who sees which, filters, order, pages; raw rows, for hydration costs six times more.
import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../protocol/roles.js';
import { DefinitionEntity } from './definition.entity.js';
import { applyFilter, type Filter, type Ordering } from './filters.js';

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

type Query = SelectQueryBuilder<DefinitionEntity>;

@Injectable()
export class DefinitionRows {
  constructor(private readonly dataSource: DataSource) {}

  /** The rows of one page, and how many there are in all. A page near the end is read from the end. */
  async page(viewer: Principal, { filters, orderings, limit, offset }: DefinitionPage): Promise<{ rows: DefinitionRow[]; total: number }> {
    const matching = this.visible(viewer);
    for (const [index, filter] of filters.entries()) applyFilter(matching, filter, index);
    const total = await matching.getCount();
    const length = Math.min(limit, total - offset);
    if (length <= 0) return { rows: [], total };
    const fromEnd = offset > total / 2;
    ordered(matching, orderings, fromEnd)
      .limit(length)
      .offset(fromEnd ? total - offset - length : offset);
    const rows = await rowsOf(matching);
    return { rows: fromEnd ? rows.reverse() : rows, total };
  }

  async byId(viewer: Principal, id: number): Promise<DefinitionRow | undefined> {
    return (await rowsOf(this.visible(viewer).andWhere('d.id = :id', { id })))[0];
  }

  async byIds(viewer: Principal, ids: number[]): Promise<Map<number, DefinitionRow>> {
    if (ids.length === 0) return new Map();
    const rows = await rowsOf(this.visible(viewer).andWhere('d.id IN (:...ids)', { ids }));
    return new Map(rows.map((row) => [row.id, row]));
  }

  byName(viewer: Principal, name: string): Promise<DefinitionRow[]> {
    return rowsOf(this.visible(viewer).andWhere('d.name = :name', { name }).orderBy('d.id'));
  }

  /** A viewer sees what is its own and what is shared; an admin sees everything. */
  private visible(viewer: Principal): Query {
    const query = this.dataSource.createQueryBuilder(DefinitionEntity, 'd');
    if (viewer.role === 'admin') return query.where('1 = 1');
    return query.where('(d.ownerId = :viewer OR d.shared = :yes)', { viewer: viewer.userId, yes: true });
  }
}

function ordered(query: Query, orderings: Ordering[], reversed: boolean): Query {
  for (const { field, descending } of [...orderings, { field: 'id', descending: false } as const]) {
    query.addOrderBy(`d.${field}`, descending === reversed ? 'ASC' : 'DESC');
  }
  return query;
}

async function rowsOf(query: Query): Promise<DefinitionRow[]> {
  const raw = await query
    .select('d.id', 'id')
    .addSelect('d.ownerId', 'ownerId')
    .addSelect('d.name', 'name')
    .addSelect('d.shared', 'shared')
    .addSelect('d.definition', 'definition')
    .addSelect('d.revision', 'revision')
    .addSelect('d.updatedAtMs', 'updatedAtMs')
    .getRawMany<DefinitionRow>();
  return raw.map(asRow);
}

/** Numbers and booleans as the drivers give them, made alike. */
export function asRow(raw: DefinitionRow): DefinitionRow {
  return {
    ...raw,
    id: Number(raw.id),
    ownerId: Number(raw.ownerId),
    shared: Boolean(raw.shared),
    revision: Number(raw.revision),
    updatedAtMs: Number(raw.updatedAtMs),
  };
}
