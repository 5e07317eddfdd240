// Reads, measures and removes runs for the retention: those that have ended or were never started, page after page.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { controlDirectory } from '../model/control-directory.js';
import { RunsRoot } from '../results/outputs.js';
import type { Keep, KeptRun } from './retention-rules.js';
import { RunEntity } from './run.entity.js';
import { RunStore } from './run-store.js';

/** How many runs are read, measured and judged before other work has its turn. */
const pageSize = 200;

@Injectable()
export class RetentionStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly store: RunStore,
    private readonly dispatcher: Dispatcher,
    private readonly root: RunsRoot,
  ) {}

  /** One page of runs of a state, the newest first; `before` is the last id of the previous page. */
  page(state: KeptRun['state'], before: string | undefined): Promise<KeptRun[]> {
    const query = this.dataSource
      .createQueryBuilder(RunEntity, 'r')
      .select(['r.id', 'r.state', 'r.definitionId', 'r.createdAtMs', 'r.finishedAtMs', 'r.keptBytes'])
      .where({ state })
      .orderBy('r.id', 'DESC')
      .limit(pageSize);
    return (before === undefined ? query : query.andWhere('r.id < :before', { before })).getMany() as Promise<KeptRun[]>;
  }

  /** The key `keep` of definitions, by their ids. */
  async keeps(): Promise<Map<number, Keep>> {
    const rows = await this.dataSource
      .createQueryBuilder(DefinitionEntity, 'd')
      .select(['d.id', 'd.definition'])
      .where('d.definition LIKE :key', { key: '%"keep"%' })
      .getMany();
    return new Map(rows.map(({ id, definition }) => [Number(id), JSON.parse(definition).keep ?? {}]));
  }

  /** Measures the disk usage of finished runs that were not measured yet. */
  async measure(runs: KeptRun[]): Promise<void> {
    const fresh = runs.filter(({ state, keptBytes }) => state === 'finished' && keptBytes === null);
    if (fresh.length === 0) return;
    const logs = await this.logBytes(fresh.map(({ id }) => id));
    const bySize = new Map<number, string[]>();
    for (const run of fresh) {
      run.keptBytes = (logs.get(run.id) ?? 0) + (await this.diskBytes(run.id));
      bySize.set(run.keptBytes, [...(bySize.get(run.keptBytes) ?? []), run.id]);
    }
    await this.writer.write(async (manager) => {
      for (const [keptBytes, ids] of bySize) await manager.update(RunEntity, { id: In(ids) }, { keptBytes });
    });
  }

  /** Removes the row first, because a backup keeps no files of a run without a row. Keeps a run that has just been started. */
  async remove({ id, state }: KeptRun): Promise<void> {
    if (await this.store.remove(id, state)) await this.dispatcher.discard(id);
  }

  private async logBytes(ids: string[]): Promise<Map<string, number>> {
    const rows: { id: string; bytes: number | string }[] = await this.dataSource
      .createQueryBuilder()
      .select('l.run_id', 'id')
      .addSelect('LENGTH(l.frames)', 'bytes')
      .from('run_log', 'l')
      .where('l.run_id IN (:...ids)', { ids })
      .getRawMany();
    return new Map(rows.map(({ id, bytes }) => [id, Number(bytes)]));
  }

  private async diskBytes(id: string): Promise<number> {
    const { log, output, messages } = controlDirectory(this.root.path, id);
    const segments = (await readdir(messages).catch(() => [])).map((name) => join(messages, name));
    const sizes = await Promise.all(
      [log, output, ...segments].map((path) =>
        stat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, bytes) => sum + bytes, await this.dispatcher.files.keptBytes(id));
  }
}
