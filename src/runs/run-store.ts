// Writes the records of runs: a run is accepted before it starts, changed while it is active, and removed with all its files.
import { rm, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { insertRow, updateRow } from '../database/prepared-statements.js';
import { SerialWriter } from '../database/serial-writer.js';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import type { KeyedRequest } from '../model/keyed-request.js';
import { retry } from '../model/retry.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunState } from '../model/states.js';
import { RunsRoot } from '../results/outputs.js';
import { RunLogEntity } from '../results/run-log.entity.js';
import { Crowd } from './crowd.js';
import type { UnstoredEnd } from './end-journal.js';
import { firstAnswer, insertKey } from './idempotency-keys.js';
import type { Unstored } from './record-writer.js';
import { RunEntity } from './run.entity.js';
import { type RemovedRun, RunChanges, toldColumns } from './run-changes.js';
import { RunCounting } from './run-counting.js';
import type { RunRequest } from './run-request.js';
import { asideEnd } from './set-aside.js';
import { readOrder } from './stored-order.js';

/** The pauses before a change that the database has refused is tried again. */
const refusedBackoff = { firstMs: 10_000, longestMs: 10_000 };

@Injectable()
export class RunStore {
  private readonly logger = new Logger('runs');
  private readonly crowd = new Crowd();

  constructor(
    private readonly writer: SerialWriter,
    private readonly root: RunsRoot,
    private readonly dataSource: DataSource,
    private readonly counting: RunCounting,
    readonly changes: RunChanges,
  ) {}

  /** Returns the id of the former run when the same request came before; otherwise commits the row. Throws idempotency_mismatch, and run_gone. */
  async accept(row: RunEntity, request: Pick<RunRequest, 'idempotency' | 'claim'>): Promise<string | null> {
    const former = await this.insert(row, request);
    if (former === null) this.changes.created(row);
    return former;
  }

  private insert(row: RunEntity, { idempotency, claim }: Pick<RunRequest, 'idempotency' | 'claim'>): Promise<string | null> {
    this.crowd.enter(row);
    let isRepeated = false;
    const job = async (manager: EntityManager) => {
      if (isRepeated && (await manager.existsBy(RunEntity, { id: row.id }))) return null;
      isRepeated = true;
      const former = idempotency ? (await firstAnswer(manager, idempotency))?.runId : await claim?.(manager);
      if (former) return former;
      await insertRow(manager, RunEntity, row);
      await this.counting.inserted(manager, row.id);
      if (idempotency) await insertKey(manager, idempotency, { runId: row.id });
      return null;
    };
    const written = this.writer.write(job, { repeatable: true, gather: this.crowd.isThere });
    return idempotency ? written.catch((error) => this.faster(idempotency, error)) : written;
  }

  /** The run of the same request, which another server has accepted at the same time. */
  private async faster(request: KeyedRequest, error: unknown): Promise<string> {
    const former = error instanceof CodedError ? null : await this.writer.write((manager) => firstAnswer(manager, request));
    if (!former?.runId) throw error;
    return former.runId;
  }

  async save(id: string, change: Partial<RunEntity>): Promise<void> {
    await this.writer.write((manager) => updateRow(manager, RunEntity, { id, change }));
  }

  /** Implements `save` of `RecordStore`. Never rejects. */
  async saveSurely(id: string, take: () => Unstored, late: () => void): Promise<void> {
    let isRepeated = false;
    const job = async (manager: EntityManager) => {
      const { change, frames } = take();
      await updateRow(manager, RunEntity, { id, change });
      if (frames && frames.length > 0) await storeLog(manager, { runId: id, frames }, isRepeated);
      isRepeated = true;
    };
    const failed = ({ message }: Error, failures: number) => {
      if (failures === 1) this.logger.error(`record of run ${id} was refused by the database and is tried again: ${message}`);
      late();
    };
    const pause = (timeMs: number) => sleep(timeMs, undefined, { ref: false });
    await retry(() => this.writer.writeSurely(job, late, { gather: this.crowd.isThere }), { backoff: refusedBackoff, failed, pause });
  }

  /** Stores the end that an earlier server could not store. False: the database has no such run. */
  async restoreEnd({ runId, change, frames }: UnstoredEnd): Promise<boolean> {
    return this.writer.write(async (manager) => {
      const row = await manager.findOne(RunEntity, { select: { id: true, state: true }, where: { id: runId } });
      if (!row || row.state === 'finished') return row !== null;
      await updateRow(manager, RunEntity, { id: runId, change });
      if (frames && frames.length > 0) await storeLog(manager, { runId, frames }, true);
      return true;
    });
  }

  /** `state`: remove the run only while it is in this state; returns false when it is not. */
  async remove(id: string, state?: RunState): Promise<boolean> {
    return (await this.removeAll([{ id, state }])).length > 0;
  }

  /** Removes few runs at once, those that are in their state. Returns the ids of those that are gone. */
  async removeAll(runs: { id: string; state?: RunState }[]): Promise<string[]> {
    if (runs.length === 0) return [];
    const wanted = new Map(runs.map(({ id, state }) => [id, state]));
    const removed = await this.writer.write(async (manager): Promise<RemovedRun[]> => {
      const found: RemovedRun[] = await manager.find(RunEntity, { select: toldColumns, where: { id: In([...wanted.keys()]) } });
      const rows = found.filter(({ id, state }) => (wanted.get(id) ?? state) === state);
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      await this.counting.removing(manager, ids);
      await manager.delete(RunEntity, { id: In(ids) });
      await manager.delete(RunLogEntity, { runId: In(ids) });
      return rows;
    });
    for (const row of removed) this.changes.removed(row);
    await Promise.all(removed.map(({ id }) => this.discard(id)));
    return removed.map(({ id }) => id);
  }

  /** Stores what runs take on the disk; null: it is to be measured again. */
  async saveSizes(sizes: Map<string, number | null>): Promise<void> {
    await this.writer.write(async (manager) => {
      await this.counting.measured(manager, sizes);
      for (const [id, keptBytes] of sizes) await updateRow(manager, RunEntity, { id, change: { keptBytes } });
    });
  }

  exists(id: string): Promise<boolean> {
    return this.dataSource.getRepository(RunEntity).existsBy({ id });
  }

  /** Removes the files of a run, or of a request that was refused. */
  async discard(id: string): Promise<void> {
    await rm(controlDirectory(this.root.path, id).path, { recursive: true, force: true });
  }

  /** Removes the delivered message of a run or of a request. */
  async discardMessage(id: string): Promise<void> {
    await rm(controlDirectory(this.root.path, id).message, { force: true });
  }

  /** Removes the log of an attempt whose end is unknown: the next attempt begins a new log. */
  async discardLog(id: string): Promise<void> {
    const { path, log } = controlDirectory(this.root.path, id);
    await rm(log, { force: true });
    await rmdir(path).catch(() => {});
  }

  /** Removes the message and the uploads of a run that has taken them; its log and output stay. */
  async discardSpooled(id: string): Promise<void> {
    const { path, message, uploads } = controlDirectory(this.root.path, id);
    await Promise.all([rm(message, { force: true }), rm(uploads, { recursive: true, force: true })]);
    await rmdir(path).catch(() => {});
  }

  /** The runs that are active, with their stored orders. */
  active(): Promise<RunEntity[]> {
    return this.withOrders()
      .where({ state: In(['starting', 'running', 'stopping']) })
      .getMany();
  }

  withOrder(id: string): Promise<RunEntity | null> {
    return this.withOrders().where({ id }).getOne();
  }

  /** The column `keptInput`, which no other query reads. */
  async keptInput(id: string): Promise<string | null> {
    const { keptInput } =
      (await this.dataSource.getRepository(RunEntity).findOne({ select: { id: true, keptInput: true }, where: { id } })) ?? {};
    return keptInput ?? null;
  }

  async newestId(): Promise<string | undefined> {
    return (await this.withOrders().select(['r.id']).orderBy('r.id', 'DESC').limit(1).getOne())?.id;
  }

  /** The order of a run that has not ended. Throws wrong_state when the run cannot be continued. */
  async orderOf(id: string): Promise<RunOrder> {
    const row = await this.withOrders().where({ id }).getOneOrFail();
    try {
      return readOrder(row);
    } catch (error) {
      throw new CodedError('wrong_state', `the run ${id} cannot be started: ${(error as Error).message}`);
    }
  }

  /** Changes the record, also `row`, if the run is still in this state; returns false when it is not. */
  async leaveState(row: RunEntity, state: RunState, change: Partial<RunEntity>): Promise<boolean> {
    const { affected } = await this.writer.write((manager) => manager.update(RunEntity, { id: row.id, state }, change));
    if (affected !== 1) return false;
    Object.assign(row, change);
    this.changes.advanced(row);
    return true;
  }

  /** Ends the record of a run that cannot be continued. Never rejects. */
  async setAside(row: RunEntity, reason: string): Promise<void> {
    const take = asideEnd(reason);
    await this.saveSurely(row.id, take, () => {});
    this.changes.advanced({ ...row, ...take().change });
  }

  private withOrders() {
    return this.dataSource.createQueryBuilder(RunEntity, 'r').addSelect('r.order');
  }
}

/** `isRepeated`: the log may already be stored. */
async function storeLog(manager: EntityManager, log: { runId: string; frames: Buffer }, isRepeated: boolean): Promise<void> {
  if (isRepeated) await manager.delete(RunLogEntity, { runId: log.runId });
  await insertRow(manager, RunLogEntity, log);
}
