// Reads the records of runs: by visibility, filters, and pages by offset or by cursor.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Query, readSnapshot } from '../database/read-snapshot.js';
import { SlowReads } from '../database/slow-reads.js';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import { emptyRecord, RunEntity } from './run.entity.js';
import { findRuns, type RunPage } from './run-pages.js';
import type { RunFilters } from './run-totals.js';

@Injectable()
export class RunRows {
  constructor(
    private readonly dataSource: DataSource,
    private readonly slow: SlowReads,
  ) {}

  async page(viewer: Principal, page: RunPage, signal?: AbortSignal): Promise<{ rows: RunEntity[]; total: number }> {
    if (page.filters.ownerId === 0) return { rows: [], total: 0 };
    const seen = viewer.role === 'admin' ? page : { ...page, filters: seenFilters(page.filters, viewer.userId) };
    const find = (isSlow: boolean) => (query: Query) => findRuns(query, seen, isSlow);
    const quick = await readSnapshot(this.dataSource, find(false));
    const { ids, total } = quick ?? ((await this.slow.read(find(true), { userId: viewer.userId, signal })) as NonNullable<typeof quick>);
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

/** An admin sees all of every run, any other user all of its own. */
export function seesRun({ role, userId }: Principal, { ownerId }: RunEntity): boolean {
  return role === 'admin' || ownerId === userId;
}

/** The owner of a definition sees the records of the runs that others have started of it. */
function seesRecord(viewer: Principal, row: RunEntity): boolean {
  return seesRun(viewer, row) || row.authorId === viewer.userId;
}

/** As much of the record as the viewer may see; throws not_found. */
export function seenRun(viewer: Principal, id: string, row: RunEntity | null): RunEntity {
  if (row && seesRecord(viewer, row)) return shownRecord(viewer, row);
  throw new CodedError('not_found', `there is no run ${id}`);
}

/** The record for a viewer who may see all of the run; throws not_found, and forbidden for one who may see the record only. */
export function wholeRun(viewer: Principal, id: string, row: RunEntity | null): RunEntity {
  const seen = seenRun(viewer, id, row);
  if (seesRun(viewer, seen)) return seen;
  throw new CodedError('forbidden', `the run ${id} was started by another user; the owner of its definition sees its record only`);
}

/** `seesRecord` for a list. */
function seenFilters(filters: RunFilters, userId: number): RunFilters {
  if (filters.ownerId === undefined) return { ...filters, seenBy: userId };
  return filters.ownerId === userId ? filters : { ...filters, authorId: userId };
}

/** What a viewer is shown of a record: nothing of the input, the output and the cause of a run that it does not own. */
export function shownRecord(viewer: Principal, row: RunEntity): RunEntity {
  if (seesRun(viewer, row)) return row;
  const { outputSource, outputBytes, outputType, outputName, outputSha256, outputNote, inputBytes, trigger } = emptyRecord;
  const error = errorForAuthor(row);
  return { ...row, outputSource, outputBytes, outputType, outputName, outputSha256, outputNote, inputBytes, trigger, error };
}

/** Errors about files name those of the caller, and those of an attempt of a service quote its stderr. */
function errorForAuthor({ error, endReason }: RunEntity): string | null {
  if (error === null) return null;
  if (endReason === null) return 'the last attempt failed';
  if (endReason === 'input_error') return 'the message could not be passed to the program';
  if (endReason === 'output_error') return 'the output could not be collected';
  return error.replace(/^(the run could not be prepared): .*/s, '$1');
}
