// Reads the places of queued runs: their orders may be long, and there may be many.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { QueuePlace } from '../dispatch/dispatcher.js';

/** How many are read at once. */
const pageLength = 2000;

export interface QueuedRun extends QueuePlace {
  id: string;
  /** 1: the run waits for its first start. */
  attempt: number;
}

/** Such a run is taken up with its order: it may be a service, which takes no place in a lane. */
export function isTriedAgain({ attempt }: QueuedRun): boolean {
  return attempt > 1;
}

@Injectable()
export class QueuedPlaces {
  constructor(private readonly dataSource: DataSource) {}

  /** By age. */
  async all(): Promise<QueuedRun[]> {
    const queued: QueuedRun[] = [];
    const limits = new Map<number | null, number>();
    for (let last = '', more = true; more; ) {
      const rows = await this.page(last);
      await this.addLimits(limits, rows);
      for (const row of rows) queued.push({ ...row, maxParallel: limits.get(row.definitionId) ?? 0 });
      last = rows.at(-1)?.id ?? '';
      more = rows.length === pageLength;
    }
    return queued;
  }

  private async page(after: string): Promise<Omit<QueuedRun, 'maxParallel'>[]> {
    const rows: Omit<QueuedRun, 'maxParallel'>[] = await this.dataSource.query(
      `SELECT id, owner_id AS ownerId, definition_id AS definitionId, lane, priority, attempt FROM run
       WHERE state = 'queued' AND end_reason IS NULL AND id > ? ORDER BY id LIMIT ${pageLength}`,
      [after],
    );
    for (const row of rows) {
      row.ownerId = Number(row.ownerId);
      if (row.definitionId !== null) row.definitionId = Number(row.definitionId);
    }
    return rows;
  }

  /** Adds `max_parallel` of definitions that were not seen before. */
  private async addLimits(limits: Map<number | null, number>, rows: Pick<QueuedRun, 'definitionId'>[]): Promise<void> {
    const ids = [...new Set(rows.map(({ definitionId }) => definitionId))].filter((id) => id !== null && !limits.has(id));
    if (ids.length === 0) return;
    const found: { id: number; most: number | null }[] = await this.dataSource.query(
      `SELECT id, json_extract(definition, '$.max_parallel') AS most FROM process_definition WHERE id IN (${ids.map(() => '?').join(', ')})`,
      ids,
    );
    for (const { id, most } of found) limits.set(Number(id), Number(most ?? 0));
  }
}
