// Removes the files that an earlier server could not remove: control files of runs that have ended, and of requests that never became a run.
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { trialPrefix } from '../model/control-directory.js';
import { RunsRoot } from '../results/outputs.js';
import { RunLogEntity } from '../results/run-log.entity.js';
import { RunEntity } from './run.entity.js';

/** For how many directories the database is asked at once. */
const batchSize = 500;
/** How long a directory without a record is kept: the server may have been started with another database by mistake. */
const unknownMs = 24 * 3_600_000;
/** The files that a run keeps after its end. */
const keptNames = ['log', 'output', 'messages'];
/** Those that a run keeps when its input is kept. */
const inputNames = ['message', 'uploads'];

@Injectable()
export class StaleRuns {
  constructor(
    private readonly root: RunsRoot,
    private readonly dataSource: DataSource,
  ) {}

  /** The control directories that exist now. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.root.path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  /** `ids`: directories that are not in use. Never rejects: the next server tries again. */
  async sweep(ids: string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += batchSize) await this.sweepBatch(ids.slice(at, at + batchSize)).catch(() => {});
  }

  private async sweepBatch(ids: string[]): Promise<void> {
    const rows = await this.dataSource
      .getRepository(RunEntity)
      .find({ select: { id: true, state: true, inputBytes: true }, where: { id: In(ids) } });
    const known = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) {
      const row = known.get(id);
      if (!row) await this.removeUnknown(id);
      else if (row.state === 'finished') await this.tidy(row);
    }
  }

  private async removeUnknown(id: string): Promise<void> {
    const path = join(this.root.path, id);
    if (!id.startsWith(trialPrefix) && Date.now() - (await stat(path)).mtimeMs < unknownMs) return;
    await rm(path, { recursive: true, force: true });
  }

  /** Removes files that a run does not keep after its end, and the log file when the log is in the database. */
  private async tidy({ id, inputBytes }: RunEntity): Promise<void> {
    const path = join(this.root.path, id);
    const kept = inputBytes === null ? keptNames : [...keptNames, ...inputNames];
    const extra = (await readdir(path)).filter((name) => !kept.includes(name));
    if (extra.length > 0 && (await this.dataSource.getRepository(RunLogEntity).existsBy({ runId: id }))) extra.push('log');
    for (const name of extra) await rm(join(path, name), { recursive: true, force: true });
    await rmdir(path).catch(() => {});
  }
}
