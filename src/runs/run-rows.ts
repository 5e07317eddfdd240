// Reads the records of runs: by visibility, filters, and pages by offset or by cursor.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Query, readSnapshot } from '../database/read-snapshot.js';
import { SlowReads } from '../database/slow-reads.js';
import type { Principal } from '../model/roles.js';
import { RunEntity } from './run.entity.js';
import { findRuns, type RunPage } from './run-pages.js';

@Injectable()
export class RunRows {
  constructor(
    private readonly dataSource: DataSource,
    private readonly slow: SlowReads,
  ) {}

  async page(viewer: Principal, page: RunPage): Promise<{ rows: RunEntity[]; total: number }> {
    const seen = viewer.role === 'admin' ? page : withOwner(page, viewer.userId);
    if (!seen) return { rows: [], total: 0 };
    const find = (isSlow: boolean) => (query: Query) => findRuns(query, seen, isSlow);
    const quick = await readSnapshot(this.dataSource, find(false));
    const { ids, total } = quick ?? ((await this.slow.read(find(true))) as NonNullable<typeof quick>);
    return { rows: await this.byIds(ids), total };
  }

  byId(id: string): Promise<RunEntity | null> {
    return this.dataSource.createQueryBuilder(RunEntity, 'r').where('r.id = :id', { id }).getOne();
  }

  /** In this order; those that were removed meanwhile are left out. */
  private async byIds(ids: string[]): Promise<RunEntity[]> {
    if (ids.length === 0) return [];
    const rows = await this.dataSource.createQueryBuilder(RunEntity, 'r').where('r.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }
}

/** An admin sees all runs, any other user only its own. */
export function seesRun({ role, userId }: Principal, { ownerId }: RunEntity): boolean {
  return role === 'admin' || ownerId === userId;
}

/** `seesRun` for a list. Null: the user asks for the runs of another. */
function withOwner(page: RunPage, userId: number): RunPage | null {
  const { ownerId = userId } = page.filters;
  return ownerId === userId ? { ...page, filters: { ...page.filters, ownerId } } : null;
}
