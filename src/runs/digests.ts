// Computes and stores the digests of outputs that did not pass through the server, one after the other in the background.
import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type OutputPlace, Outputs } from '../results/outputs.js';
import { RunEntity } from './run.entity.js';
import { RunStore } from './run-store.js';

/** The most waiting digests; further ones are requested again when their run is shown. */
const waitingBound = 10_000;
/** How many pages of runs are checked after the boot, the newest first. */
const sweptPages = 50;
const pageSize = 200;
const sweepDelayMs = 1000;

type Described = Pick<RunEntity, 'id' | 'state' | 'outputSource' | 'outputBytes' | 'outputSha256'>;

@Injectable()
export class Digests implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('digests');
  private readonly waiting = new Map<string, OutputPlace>();
  private readonly stopped = new AbortController();
  private working = false;

  constructor(
    private readonly outputs: Outputs,
    private readonly store: RunStore,
    private readonly dataSource: DataSource,
  ) {}

  /** Finds the missing digests of runs that ended while an earlier server went down. */
  onApplicationBootstrap(): void {
    setTimeout(() => {
      void this.sweep().catch((error) => this.logger.warn(`outputs without a digest could not be found: ${error.message}`));
    }, sweepDelayMs).unref();
  }

  onModuleDestroy(): void {
    this.stopped.abort();
  }

  /** Requests the digest of a run that has ended with an output and has no digest yet. Returns at once. */
  want({ id, state, outputSource, outputBytes, outputSha256 }: Described): void {
    if (state !== 'finished' || !outputSource || outputSha256 || this.waiting.size >= waitingBound) return;
    this.waiting.set(id, { runId: id, source: outputSource, bytes: outputBytes ?? 0 });
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (const [id, place] of this.waiting) {
      if (this.stopped.signal.aborted) break;
      await this.make(place).catch((error) => {
        if (!this.stopped.signal.aborted) this.logger.warn(`run ${id}: the digest of its output could not be computed: ${error.message}`);
      });
      this.waiting.delete(id);
    }
    this.working = false;
  }

  private async make(place: OutputPlace): Promise<void> {
    const outputSha256 = await this.outputs.digest(place, this.stopped.signal);
    await this.store.save(place.runId, { outputSha256 });
  }

  private async sweep(): Promise<void> {
    let before: string | undefined;
    for (let page = 0; page < sweptPages && !this.stopped.signal.aborted; page++) {
      const rows = await this.page(before);
      for (const row of rows) this.want(row);
      if (rows.length < pageSize) return;
      before = rows[rows.length - 1].id;
      await setImmediate();
    }
  }

  /** Runs of all states, since no index gives only those that have ended in this order. */
  private page(before: string | undefined): Promise<Described[]> {
    const query = this.dataSource
      .createQueryBuilder(RunEntity, 'r')
      .select(['r.id', 'r.state', 'r.outputSource', 'r.outputBytes', 'r.outputSha256'])
      .orderBy('r.id', 'DESC')
      .limit(pageSize);
    return (before === undefined ? query : query.where('r.id < :before', { before })).getMany();
  }
}
