// The queue of all writes: one transaction at a time, and the writes of one event-loop tick share one commit, those of a crowd that of a
// millisecond: a transaction costs twice as much as what a run writes in it. While the database is away, writes wait: those of a client for a
// short while, those that must be stored for as long as it takes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { backoffMs } from '../model/retry.js';
import type { Availability } from './availability.js';
import { endCheckpoints, isFileWell } from './database-file.js';
import { type DatabaseFault, databaseFault, UnsureCommit } from './faults.js';
import { sqliteConnection } from './sqlite-connection.js';
import { inTransaction, type WriteJob } from './transaction.js';

export interface WriteOptions {
  /** True: others come in the next moment, so the job may wait a millisecond for them. */
  gather?: boolean;
}

interface Waiting {
  job: WriteJob<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  /** The job is refused when it was not stored by this time; null: the job waits. */
  untilMs: number | null;
  /** Called once when the job takes longer than usual; null: it was called, or nobody wants to know. */
  late: (() => void) | null;
  /** Whether the job can be repeated although its transaction may have been stored. */
  repeatable: boolean;
}

/** How long a job of a crowd waits for others, so that they share a commit. */
const gatheringMs = 1;
/** The most jobs in one transaction; further jobs wait for the next one. */
const batchBound = 500;
/** How long a client waits while the database is away. */
const patienceMs = 4000;
/** A job that waits longer than this is late. */
const lateMs = 500;
/** The pauses between two tries, which double from the first value up to the second. */
const backoff = { firstMs: 10, longestMs: 500 };
/** A lock that other clients hold for longer than this is reported. */
const contentionMs = 1000;
/** For how long the result of a successful check is valid. */
const believedMs = 250;

/**
 * TypeORM has one connection to SQLite: parallel requests would share a transaction, and acknowledged rows would
 * vanish with the rollback of another request. A job that fails undoes only itself: its batch is repeated one by one.
 */
export class SerialWriter implements BeforeApplicationShutdown {
  private waiting: Waiting[] = [];
  private underWay: Waiting[] = [];
  private busy = false;
  private gathering: NodeJS.Timeout | undefined;
  private watch: NodeJS.Timeout | undefined;
  private failingSinceMs: number | null = null;
  private checkedUntilMs = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly availability: Availability,
  ) {
    availability.onLoss(() => this.begin());
  }

  /**
   * Resolves with the job's result once it is committed. Throws what the job throws, and DatabaseFault when the database was away
   * for longer than a client waits; UnsureCommit, unless the job is `repeatable`, which then finds out itself whether it is stored.
   */
  write<Result>(job: WriteJob<Result>, { repeatable = false, gather }: WriteOptions & { repeatable?: boolean } = {}): Promise<Result> {
    return this.enter(job, { untilMs: performance.now() + patienceMs, late: null, repeatable }, gather);
  }

  /** Resolves once the job is committed, however long that takes; `late` is called when it takes longer than usual. Throws what the job throws. */
  writeSurely<Result>(job: WriteJob<Result>, late: () => void = () => {}, { gather }: WriteOptions = {}): Promise<Result> {
    return this.enter(job, { untilMs: null, late, repeatable: true }, gather);
  }

  /** Throws the DatabaseFault that prevents writing now. */
  async check(): Promise<void> {
    if (this.availability.fault) throw this.availability.fault;
    if (performance.now() < this.checkedUntilMs && isFileWell(this.dataSource)) return;
    await this.enter((manager) => this.probe(manager), { untilMs: performance.now() + contentionMs, late: null, repeatable: true });
    this.checkedUntilMs = performance.now() + believedMs;
  }

  /** Called by Nest before it closes the database. */
  async beforeApplicationShutdown(): Promise<void> {
    await endCheckpoints(this.dataSource);
  }

  /** Resolves when no job waits any more, or after `timeMs`. */
  async settled(timeMs: number): Promise<void> {
    const untilMs = performance.now() + timeMs;
    while (this.waiting.length + this.underWay.length > 0 && performance.now() < untilMs) await sleep(5);
  }

  private enter<Result>(
    job: WriteJob<Result>,
    { untilMs, late, repeatable }: Pick<Waiting, 'untilMs' | 'late' | 'repeatable'>,
    gather = false,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve: resolve as (result: unknown) => void, reject, untilMs, late, repeatable });
      if (gather && !this.busy) this.gathering ??= setTimeout(() => this.begin(), gatheringMs);
      else this.begin();
    });
  }

  private begin(): void {
    if (this.busy) return;
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.busy = true;
    setImmediate(() => void this.drain());
    this.watch ??= setTimeout(() => this.look(), lateMs).unref();
  }

  /** While the database is away this continues without a job, to notice when it is back. */
  private async drain(): Promise<void> {
    for (let tries = 0; this.waiting.length > 0 || this.availability.fault; ) {
      this.underWay = this.waiting.splice(0, batchBound);
      const fault = this.underWay.length === 0 ? await this.tryProbe() : await this.commit();
      tries = fault ? tries + 1 : 0;
      if (!fault) this.succeed();
      else await this.fail(fault, tries);
    }
    this.busy = false;
  }

  /** Null when all jobs under way are settled; otherwise the fault that kept the rest from being stored. */
  private async commit(): Promise<DatabaseFault | null> {
    if (this.underWay.length > 1) {
      const fault = await this.commitTogether(this.underWay);
      if (fault !== 'a job failed') return fault;
    }
    while (this.underWay.length > 0) {
      const fault = await this.commitAlone(this.underWay[0]);
      if (fault) return fault;
      this.underWay.shift();
    }
    return null;
  }

  private async commitTogether(batch: Waiting[]): Promise<DatabaseFault | 'a job failed' | null> {
    const results: unknown[] = [];
    try {
      await inTransaction(this.dataSource, async (manager) => {
        for (const { job } of batch) results.push(await job(manager));
      });
    } catch (error) {
      return databaseFault(error) ?? 'a job failed';
    }
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    this.underWay = [];
    return null;
  }

  private async commitAlone({ job, resolve, reject }: Waiting): Promise<DatabaseFault | null> {
    try {
      resolve(await inTransaction(this.dataSource, job));
    } catch (error) {
      const fault = databaseFault(error);
      if (fault) return fault;
      reject(error);
    }
    return null;
  }

  private succeed(): void {
    this.failingSinceMs = null;
    this.availability.back();
  }

  private async fail(fault: DatabaseFault, tries: number): Promise<void> {
    const nowMs = performance.now();
    this.failingSinceMs ??= nowMs;
    if (!fault.isContention || nowMs - this.failingSinceMs >= contentionMs) this.availability.lost(fault);
    const unsure = (one: Waiting) => fault instanceof UnsureCommit && !one.repeatable;
    for (const one of this.underWay) if (unsure(one)) one.reject(fault);
    this.waiting.unshift(...this.underWay.filter((one) => !unsure(one)));
    this.underWay = [];
    this.refuseLate(fault);
    await sleep(backoffMs(backoff, tries));
  }

  private refuseLate(fault: DatabaseFault): void {
    const nowMs = performance.now();
    const [refused, kept] = [[] as Waiting[], [] as Waiting[]];
    for (const one of this.waiting) (one.untilMs !== null && one.untilMs <= nowMs ? refused : kept).push(one);
    if (refused.length === 0) return;
    this.waiting = kept;
    this.availability.lost(fault);
    for (const { reject } of refused) reject(fault);
  }

  /** Called from time to time while jobs are under way, also while a transaction hangs. */
  private look(): void {
    this.watch = undefined;
    if (!this.busy) return;
    this.watch = setTimeout(() => this.look(), lateMs).unref();
    if (this.failingSinceMs === null && this.availability.fault === null && !this.isHanging()) return;
    for (const one of [...this.underWay, ...this.waiting]) {
      one.late?.();
      one.late = null;
    }
    if (this.availability.fault) this.refuseLate(this.availability.fault);
  }

  /** Whether the same jobs were under way at the last look. */
  private isHanging(): boolean {
    const [first] = this.underWay;
    const isSame = first !== undefined && first === this.seen;
    this.seen = first;
    return isSame;
  }
  private seen: Waiting | undefined;

  private async tryProbe(): Promise<DatabaseFault | null> {
    try {
      await inTransaction(this.dataSource, (manager) => this.probe(manager));
      return null;
    } catch (error) {
      return databaseFault(error);
    }
  }

  /** Writes without changing anything: on SQLite a page of the file, on MySQL no row, which a read-only server refuses as well. */
  private async probe(manager: EntityManager): Promise<void> {
    const sqlite = sqliteConnection(this.dataSource);
    if (sqlite) sqlite.pragma('user_version = 0');
    else await manager.query('UPDATE migrations SET id = id WHERE 1 = 0');
  }
}
