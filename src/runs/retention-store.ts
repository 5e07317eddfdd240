// Reads, measures and removes runs for the retention, a few at a time; what has been counted shows which runs need no look.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { deleteOld } from '../database/delete-old.js';
import { quickRows } from '../database/merged-pages.js';
import { readSnapshot } from '../database/read-snapshot.js';
import { SerialWriter } from '../database/serial-writer.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { idsWithKeep } from '../definitions/definition-counts.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { controlDirectory } from '../model/control-directory.js';
import { RunsRoot } from '../results/outputs.js';
import { keptBytesOf } from './kept-sums.js';
import type { Keep, KeptRun } from './retention-rules.js';
import { countedUpTo, everybody, spanLevels, spanOf } from './run-counts.js';
import { RunStore } from './run-store.js';

/** How many runs are read, measured and judged before other work has its turn. */
export const biteSize = 100;

const columns =
  'r.id AS id, r.state AS state, r.definition_id AS definitionId, r.created_at AS createdAtMs, r.finished_at AS finishedAtMs, r.kept_bytes AS keptBytes';

@Injectable()
export class RetentionStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly store: RunStore,
    private readonly dispatcher: Dispatcher,
    private readonly root: RunsRoot,
  ) {}

  /** Runs up to this id are counted, but those that were left out. */
  countedUpTo(): Promise<string> {
    return countedUpTo(this.dataSource.manager);
  }

  /** Whether most runs are counted, so that few need a look. */
  async isCounted(): Promise<boolean> {
    const sql = 'SELECT id FROM run WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?';
    return (await this.dataSource.query(sql, [await this.countedUpTo(), quickRows])).length === 0;
  }

  /** One bite of all runs between two ids, the oldest first. */
  between(after: string, upTo: string | null): Promise<KeptRun[]> {
    const bound = upTo === null ? '' : ' AND r.id <= ?';
    const parameters = upTo === null ? [after, biteSize] : [after, upTo, biteSize];
    return this.rows(`SELECT ${columns} FROM run r WHERE r.id > ?${bound} ORDER BY r.id LIMIT ?`, parameters);
  }

  leftOut(after: string): Promise<KeptRun[]> {
    const sql = `SELECT ${columns} FROM run_uncounted u CROSS JOIN run r ON r.id = u.run_id WHERE u.run_id > ? ORDER BY u.run_id LIMIT ?`;
    return this.rows(sql, [after, biteSize]);
  }

  /** The runs that were created and not started, the oldest first. */
  created(after: string): Promise<KeptRun[]> {
    const sql = `SELECT ${columns} FROM run r WHERE r.state = 'created' AND r.end_reason IS NULL AND r.id > ? ORDER BY r.id LIMIT ?`;
    return this.rows(sql, [after, biteSize]);
  }

  ofDefinition(id: number, after: string): Promise<KeptRun[]> {
    return this.rows(`SELECT ${columns} FROM run r WHERE r.definition_id = ? AND r.id > ? ORDER BY r.id LIMIT ?`, [id, after, biteSize]);
  }

  ofOwner(id: number, after: string): Promise<KeptRun[]> {
    return this.rows(`SELECT ${columns} FROM run r WHERE r.owner_id = ? AND r.id > ? ORDER BY r.id LIMIT ?`, [id, after, biteSize]);
  }

  /** The ids of all users. */
  async owners(): Promise<number[]> {
    const rows: { id: number | string }[] = await this.dataSource.query('SELECT id FROM user_account ORDER BY id');
    return rows.map(({ id }) => Number(id));
  }

  /** What the measured runs of a user keep on the disk. */
  keptBytesOf(ownerId: number): Promise<number> {
    return readSnapshot(this.dataSource, (query) => keptBytesOf(query, ownerId));
  }

  /** The runs of a definition that have ended, without the newest `rank`. */
  beyond(id: number, rank: number): Promise<KeptRun[]> {
    const sql = `SELECT ${columns} FROM run r WHERE r.definition_id = ? AND r.finished_at IS NOT NULL ORDER BY r.id DESC LIMIT ? OFFSET ?`;
    return this.rows(sql, [id, biteSize, rank]);
  }

  /** Between which ids there are counted runs that were not measured. */
  async unmeasured(): Promise<{ firstId: string; lastId: string }[]> {
    const sql = `SELECT first_id AS firstId, last_id AS lastId FROM run_span WHERE owner_id = ${everybody} AND level = ? AND unmeasured > 0 ORDER BY span`;
    return this.dataSource.query(sql, [spanLevels[0]]);
  }

  /** An id up to which all counted runs that were created before this time lie, with few others; '' when there are none. */
  async lastBefore(timeMs: number): Promise<string> {
    const sql = `SELECT MAX(last_id) AS id FROM run_span WHERE owner_id = ${everybody} AND level = ? AND span <= ?`;
    const [{ id }] = await this.dataSource.query(sql, [spanLevels[0], spanOf(timeMs, spanLevels[0])]);
    return id ?? '';
  }

  /** What all counted runs keep on the disk. */
  async countedBytes(): Promise<number> {
    const sql = `SELECT SUM(bytes) AS bytes FROM run_span WHERE owner_id = ${everybody} AND level = ?`;
    const [{ bytes }] = await this.dataSource.query(sql, [spanLevels[1]]);
    return Number(bytes ?? 0);
  }

  /** The key `keep` of definitions, by their ids. */
  async keeps(): Promise<Map<number, Keep>> {
    const ids = await idsWithKeep((sql) => this.dataSource.query(sql));
    const keeps = new Map<number, Keep>();
    for (let at = 0; at < ids.length; at += biteSize) {
      const where = { id: In(ids.slice(at, at + biteSize)) };
      const rows = await this.dataSource.getRepository(DefinitionEntity).find({ select: { id: true, definition: true }, where });
      for (const { id, definition } of rows) keeps.set(Number(id), JSON.parse(definition).keep ?? {});
    }
    return keeps;
  }

  /** Measures the disk usage of finished runs that were not measured yet. */
  async measure(runs: Pick<KeptRun, 'id' | 'state' | 'keptBytes'>[]): Promise<void> {
    const fresh = runs.filter(({ state, keptBytes }) => state === 'finished' && keptBytes === null);
    if (fresh.length === 0) return;
    const stored = await this.storedBytes(fresh.map(({ id }) => id));
    const sizes = new Map<string, number>();
    for (const run of fresh) {
      run.keptBytes = (stored.get(run.id) ?? 0) + (await this.diskBytes(run.id));
      sizes.set(run.id, run.keptBytes);
    }
    await this.store.saveSizes(sizes);
  }

  /** Removes the rows first, because a backup keeps no files of a run without a row. Keeps runs that have just been started. Returns how many are gone. */
  async remove(runs: KeptRun[]): Promise<number> {
    const removed = await this.store.removeAll(runs);
    await Promise.all(removed.map((id) => this.dispatcher.discard(id)));
    return removed.length;
  }

  async removeKeys(beforeMs: number): Promise<void> {
    await deleteOld(this.dataSource, this.writer, { table: 'idempotency_key', column: 'created_at', beforeMs });
  }

  private async rows(sql: string, parameters: unknown[]): Promise<KeptRun[]> {
    const rows: KeptRun[] = await this.dataSource.query(sql, parameters);
    const number = (value: number | string | null) => (value === null ? null : Number(value));
    return rows.map((row) => ({
      ...row,
      createdAtMs: Number(row.createdAtMs),
      finishedAtMs: number(row.finishedAtMs),
      keptBytes: number(row.keptBytes),
    }));
  }

  /** What runs take in the database: the log and the message of each. */
  private async storedBytes(ids: string[]): Promise<Map<string, number>> {
    const among = ids.map(() => '?').join(', ');
    const sql = `SELECT run_id AS id, LENGTH(frames) AS bytes FROM run_log WHERE run_id IN (${among})
      UNION ALL SELECT id, LENGTH(kept_input) AS bytes FROM run WHERE id IN (${among}) AND kept_input IS NOT NULL`;
    const rows: { id: string; bytes: number | string }[] = await this.dataSource.query(sql, [...ids, ...ids]);
    const sizes = new Map<string, number>();
    for (const { id, bytes } of rows) sizes.set(id, (sizes.get(id) ?? 0) + Number(bytes));
    return sizes;
  }

  /** What an active run takes on the disk now. */
  async activeBytes(id: string): Promise<number> {
    return (await this.dispatcher.files.activeBytes(id)) + (await this.controlBytes(id));
  }

  /** What a run that has ended keeps in files. */
  async diskBytes(id: string): Promise<number> {
    return (await this.dispatcher.files.keptBytes(id)) + (await this.controlBytes(id));
  }

  private async controlBytes(id: string): Promise<number> {
    const { path, log, output, message, messages, uploads } = controlDirectory(this.root.path, id);
    // as with most runs, and a tenth of the price of asking for each file
    if (!existsSync(path)) return 0;
    const several = await Promise.all([messages, uploads].map(entriesOf));
    const sizes = await Promise.all(
      [log, output, message, ...several.flat()].map((path) =>
        stat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }
}

/** The paths of everything in a folder, which may be missing. */
async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).map((name) => join(folder, name));
}
