// The last runs of several definitions at once, along the index of runs by definition.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { constantQuery } from '../database/sqlite-connection.js';
import type { Principal } from '../model/roles.js';
import type { EndReason, RunState } from '../model/states.js';
import { ActiveRuns } from './active-runs.js';

/** As much of a record as a small picture of it needs. */
export interface RecentRun {
  id: string;
  state: RunState;
  endReason: EndReason | null;
  success: boolean | null;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

const columns =
  'id, owner_id AS ownerId, author_id AS authorId, state, end_reason AS endReason, success, started_at AS startedAtMs, finished_at AS finishedAtMs';
const newest = `SELECT ${columns} FROM run WHERE definition_id = ? ORDER BY id DESC LIMIT ?`;

/** Among so many of the newest runs of a definition those are looked for that a user may see. */
export const lookedThrough = 100;

@Injectable()
export class RecentRuns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly activeRuns: ActiveRuns,
  ) {}

  /** The newest runs that the viewer may see, newest first; at most `limit`. */
  async of(viewer: Principal, definitionId: number, limit: number): Promise<RecentRun[]> {
    const seesAll = viewer.role === 'admin';
    const rows = await constantQuery<Stored>(this.dataSource, newest, [definitionId, seesAll ? limit : lookedThrough]);
    const sees = ({ ownerId, authorId }: Stored) => seesAll || Number(ownerId) === viewer.userId || Number(authorId) === viewer.userId;
    return rows
      .filter(sees)
      .slice(0, limit)
      .map((row) => this.activeRuns.find(row.id)?.row ?? asRecent(row));
  }
}

type Stored = RecentRun & { ownerId: number; authorId: number | null };

/** Converts the numbers and booleans of the different drivers to the same types. */
function asRecent({ id, state, endReason, success, startedAtMs, finishedAtMs }: Stored): RecentRun {
  const time = (value: number | null) => (value === null ? null : Number(value));
  const known = success === null ? null : Boolean(success);
  return { id, state, endReason, success: known, startedAtMs: time(startedAtMs), finishedAtMs: time(finishedAtMs) };
}
