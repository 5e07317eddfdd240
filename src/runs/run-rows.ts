// Reads the records of runs: by visibility, filters, and pages by offset or by cursor.
import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { Principal } from '../model/roles.js';
import { RunEntity } from './run.entity.js';

/** Fields that a list can be filtered by; `from` and `to` are milliseconds since 1970, both included. */
export interface RunFilters {
  state?: string[];
  endReason?: string[];
  definitionId?: number;
  ownerId?: number;
  createdFromMs?: number;
  createdToMs?: number;
}

export interface RunPage {
  filters: RunFilters;
  oldestFirst: boolean;
  limit: number;
  offset: number;
  /** The id after which the page begins. */
  after?: string;
}

@Injectable()
export class RunRows {
  constructor(private readonly dataSource: DataSource) {}

  async page(viewer: Principal, page: RunPage): Promise<{ rows: RunEntity[]; total: number }> {
    const matching = filtered(this.visible(viewer), page.filters);
    const total = await matching.getCount();
    if (page.after) matching.andWhere(`r.id ${page.oldestFirst ? '>' : '<'} :after`, { after: page.after });
    const rows = await matching
      .orderBy('r.id', page.oldestFirst ? 'ASC' : 'DESC')
      .limit(page.limit)
      .offset(page.after ? 0 : page.offset)
      .getMany();
    return { rows, total };
  }

  byId(id: string): Promise<RunEntity | null> {
    return this.dataSource.createQueryBuilder(RunEntity, 'r').where('r.id = :id', { id }).getOne();
  }

  /** `seesRun` as a condition. */
  private visible(viewer: Principal): SelectQueryBuilder<RunEntity> {
    const query = this.dataSource.createQueryBuilder(RunEntity, 'r');
    return viewer.role === 'admin' ? query.where('1 = 1') : query.where('r.ownerId = :viewer', { viewer: viewer.userId });
  }
}

/** An admin sees all runs, any other user only its own. */
export function seesRun({ role, userId }: Principal, { ownerId }: RunEntity): boolean {
  return role === 'admin' || ownerId === userId;
}

function filtered(query: SelectQueryBuilder<RunEntity>, filters: RunFilters): SelectQueryBuilder<RunEntity> {
  if (filters.state) query.andWhere('r.state IN (:...states)', { states: filters.state });
  if (filters.endReason) query.andWhere('r.endReason IN (:...reasons)', { reasons: filters.endReason });
  if (filters.definitionId !== undefined) query.andWhere('r.definitionId = :definition', { definition: filters.definitionId });
  if (filters.ownerId !== undefined) query.andWhere('r.ownerId = :owner', { owner: filters.ownerId });
  if (filters.createdFromMs !== undefined) query.andWhere('r.createdAtMs >= :from', { from: filters.createdFromMs });
  if (filters.createdToMs !== undefined) query.andWhere('r.createdAtMs <= :to', { to: filters.createdToMs });
  return query;
}
