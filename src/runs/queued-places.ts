// Reads the places of the runs that wait for their first start: their orders may be long, and there may be many.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { QueuePlace } from '../dispatch/dispatcher.js';

/** How many are read at once. */
const pageLength = 2000;

export interface QueuedRun extends QueuePlace {
  id: string;
  ownerId: number;
}

@Injectable()
export class QueuedPlaces {
  constructor(private readonly dataSource: DataSource) {}

  /** By age. */
  async all(): Promise<QueuedRun[]> {
    const most = await this.parallelLimits();
    const queued: QueuedRun[] = [];
    for (let last = '', more = true; more; ) {
      const rows = await this.page(last);
      for (const row of rows) {
        const definitionId = row.definitionId === null ? null : Number(row.definitionId);
        queued.push({ ...row, ownerId: Number(row.ownerId), definitionId, maxParallel: most.get(definitionId) ?? 0 });
        last = row.id;
      }
      more = rows.length === pageLength;
    }
    return queued;
  }

  private page(after: string): Promise<Omit<QueuedRun, 'maxParallel'>[]> {
    return this.dataSource.query(
      `SELECT id, owner_id AS ownerId, definition_id AS definitionId, lane, priority FROM run
       WHERE state = 'queued' AND id > ? AND attempt = 1 ORDER BY id LIMIT ${pageLength}`,
      [after],
    );
  }

  /** `max_parallel` of the definitions of queued runs. */
  private async parallelLimits(): Promise<Map<number | null, number>> {
    const limit = "json_extract(definition, '$.max_parallel')";
    const rows: { id: number; most: number }[] = await this.dataSource.query(
      `SELECT id, ${limit} AS most FROM process_definition WHERE id IN (SELECT definition_id FROM run WHERE state = 'queued') AND ${limit} > 0`,
    );
    return new Map(rows.map(({ id, most }) => [Number(id), Number(most)]));
  }
}
