// Removes finished runs that have been kept long enough: after the boot and every hour, a page at a time.
import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FinishedRuns } from './finished-runs.js';
import { type FinishedRun, Judgement, RetentionRules } from './retention-rules.js';

const firstMs = 1000;
const everyMs = 3_600_000;
/** So many are read, measured and judged before other work has its turn. */
const pageSize = 200;

@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('retention');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly rules: RetentionRules,
    private readonly runs: FinishedRuns,
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
    let removed = 0;
    let before: string | undefined;
    for (let page = await this.page(); page.length > 0 && !this.stopped; page = await this.page(before)) {
      before = page[page.length - 1].id;
      await this.runs.measure(page);
      const gone = page.filter((run) => judgement.goes(run));
      await Promise.all(gone.map((run) => this.runs.remove(run)));
      removed += gone.length;
      await setImmediate();
    }
    if (removed > 0) this.logger.log(`removed ${removed} runs that were kept long enough`);
  }

  private async page(before?: string): Promise<FinishedRun[]> {
    return this.stopped ? [] : this.runs.page(before, pageSize);
  }
}
