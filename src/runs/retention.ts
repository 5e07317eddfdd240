// Removes runs that have ended, or were never started, and have been kept long enough: after the boot and every hour, a page at a time.
import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Judgement, type KeptRun, RetentionRules } from './retention-rules.js';
import { RetentionStore } from './retention-store.js';

const firstMs = 1000;
const everyMs = 3_600_000;

@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('retention');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly rules: RetentionRules,
    private readonly runs: RetentionStore,
  ) {}

  onApplicationBootstrap(): void {
    this.sweepIn(firstMs);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private sweepIn(delayMs: number): void {
    this.timer = setTimeout(() => {
      const swept = this.sweep().catch((error) => this.logger.error(`runs could not be removed: ${(error as Error).message}`));
      void swept.then(() => this.stopped || this.sweepIn(everyMs));
    }, delayMs).unref();
  }

  private async sweep(): Promise<void> {
    const judgement = new Judgement(this.rules, await this.runs.keeps(), Date.now());
    const removed = (await this.sweepState('finished', judgement)) + (await this.sweepState('created', judgement));
    if (removed > 0) this.logger.log(`runs removed because they were kept long enough: ${removed}`);
  }

  private async sweepState(state: KeptRun['state'], judgement: Judgement): Promise<number> {
    let removed = 0;
    let before: string | undefined;
    for (let page = await this.page(state); page.length > 0; page = await this.page(state, before)) {
      before = page[page.length - 1].id;
      await this.runs.measure(page);
      const gone = page.filter((run) => judgement.goes(run));
      await Promise.all(gone.map((run) => this.runs.remove(run)));
      removed += gone.length;
      await setImmediate();
    }
    return removed;
  }

  private async page(state: KeptRun['state'], before?: string): Promise<KeptRun[]> {
    return this.stopped ? [] : this.runs.page(state, before);
  }
}
