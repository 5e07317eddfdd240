// Keeps the counts of runs up to date: after the boot and behind every few hundred new runs, in short transactions of the serial writer.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import { type CountableRun, countable, countedUpTo, countLeftOut, countMore, countSizes, leaveOut, subtract } from './run-counts.js';

/** After so many new runs, and after the boot, the counts are brought up to date. */
const newRuns = 250;
const firstMs = 500;
const pauseMs = 5;
const everyMs = 60_000;

@Injectable()
export class RunCounting implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('runs');
  private upTo = '';
  /** Where the next look at the runs that were left out begins. */
  private leftOutAfter = '';
  private accepted = 0;
  private timer: NodeJS.Timeout | undefined;
  private working = false;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
  ) {}

  async onModuleInit(): Promise<void> {
    this.upTo = await countedUpTo(this.dataSource.manager);
    this.beginIn(firstMs);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** To be called in the transaction that has inserted a run. */
  async inserted(manager: EntityManager, id: string): Promise<void> {
    if (id <= this.upTo) await leaveOut(manager, id);
    if (++this.accepted % newRuns === 0) this.beginIn(1);
  }

  /** To be called in the transaction that removes these runs, before it does. */
  async removing(manager: EntityManager, ids: string[]): Promise<void> {
    const runs = await this.countables(manager, ids);
    if (runs.length > 0) await subtract(manager, runs, await countedUpTo(manager));
  }

  /** To be called in the transaction that stores what these runs take on the disk, before it does. */
  async measured(manager: EntityManager, sizes: Map<string, number | null>): Promise<void> {
    await countSizes(manager, await this.countables(manager, [...sizes.keys()]), sizes);
  }

  private async countables(manager: EntityManager, ids: string[]): Promise<CountableRun[]> {
    const old = ids.filter((id) => id <= this.upTo);
    if (old.length === 0) return [];
    return manager.query(`SELECT ${countable} FROM run r WHERE r.id IN (${old.map(() => '?').join(', ')})`, old);
  }

  private beginIn(delayMs: number): void {
    if (this.working || this.stopped) return;
    this.working = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.catchUp(), delayMs).unref();
  }

  /** Never rejects: what cannot be counted now is counted later. */
  private async catchUp(): Promise<void> {
    const say = (error: Error) => this.logger.warn(`counts of runs are not up to date: ${error.message}`);
    const advance = () => this.writer.write((manager) => this.advance(manager));
    try {
      while (!this.stopped && (await advance())) await sleep(pauseMs, undefined, { ref: false });
    } catch (error) {
      say(error as Error);
    }
    this.working = false;
    // runs that were left out may end without any new ones
    if (!this.stopped) this.timer = setTimeout(() => this.beginIn(1), everyMs).unref();
  }

  /** False: all runs are counted but the newest, and those that have not ended. */
  private async advance(manager: EntityManager): Promise<boolean> {
    // another transaction may have failed after it had moved on
    this.upTo = await countedUpTo(manager);
    const next = await countMore(manager, this.upTo);
    this.upTo = next ?? this.upTo;
    this.leftOutAfter = await countLeftOut(manager, this.leftOutAfter);
    return next !== null || this.leftOutAfter !== '';
  }
}
