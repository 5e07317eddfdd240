// Removes runs that have ended, or were never started, and have been kept long enough: after the boot and every hour, a bite at a time.
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { idempotencyMs } from './idempotency-keys.js';
import { AgeRule, dayMs, type Keep, type KeptRun, RetentionRules } from './retention-rules.js';
import { RetentionStore } from './retention-store.js';
import { UserBytes } from './user-bytes.js';

const firstMs = 1000;
const everyMs = 3_600_000;
const waitMs = 1000;
const longestWaits = 1800;

/** The next runs after an id. */
type Bites = (after: string) => Promise<KeptRun[]>;

@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('retention');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly rules: RetentionRules,
    private readonly runs: RetentionStore,
    private readonly users: UserBytes,
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
    await this.untilCounted();
    const nowMs = Date.now();
    const keeps = await this.runs.keeps();
    const age = new AgeRule(this.rules, keeps, nowMs);
    const upTo = await this.runs.countedUpTo();
    const uncounted: Bites[] = [(after) => this.runs.between(after > upTo ? after : upTo, null), (after) => this.runs.leftOut(after)];
    let removed = 0;
    await this.measure(uncounted);
    for (const bites of [...uncounted, (after: string) => this.runs.created(after)]) removed += await this.removeThose(bites, age);
    removed += await this.byAge(age, nowMs);
    for (const [definitionId, keep] of keeps) removed += await this.byDefinition(definitionId, keep, { age, nowMs });
    if (this.rules.userBytes > 0) removed += await this.byUser(age);
    if (this.rules.bytes > 0) removed += await this.bySpace(age, uncounted);
    if (removed > 0) this.logger.log(`runs removed because they were kept long enough: ${removed}`);
    await this.runs.removeKeys(nowMs - idempotencyMs);
  }

  /** After a migration all runs are counted first, which takes a while; not longer than this waits. */
  private async untilCounted(): Promise<void> {
    for (let waited = 0; waited < longestWaits && !this.stopped && !(await this.runs.isCounted()); waited++)
      await sleep(waitMs, undefined, { ref: false });
  }

  /** Each bite of a walk over runs, whose ids grow. */
  private async *walk(bites: Bites): AsyncGenerator<KeptRun[]> {
    for (let after = ''; !this.stopped; ) {
      const bite = await bites(after);
      if (bite.length === 0) return;
      after = bite[bite.length - 1].id;
      yield bite;
      await setImmediate();
    }
  }

  private async measure(uncounted: Bites[]): Promise<void> {
    if (this.rules.bytes === 0 && this.rules.userBytes === 0) return;
    const ranges = (await this.runs.unmeasured()).map(
      ({ firstId, lastId }): Bites =>
        // the start of an id is smaller than the id itself
        (after) =>
          this.runs.between(after || firstId.slice(0, -1), lastId),
    );
    for (const bites of [...uncounted, ...ranges]) for await (const bite of this.walk(bites)) await this.runs.measure(bite);
  }

  /** Returns how many are gone. */
  private async remove(runs: KeptRun[]): Promise<number> {
    const removed = await this.runs.remove(runs);
    for (const { id } of runs) this.users.waitsNoMore(id);
    return removed;
  }

  private async removeThose(bites: Bites, age: AgeRule): Promise<number> {
    let removed = 0;
    for await (const bite of this.walk(bites)) removed += await this.remove(bite.filter((run) => age.goes(run)));
    return removed;
  }

  /** Among the counted runs, those that are old enough come first. */
  private async byAge(age: AgeRule, nowMs: number): Promise<number> {
    if (this.rules.days === 0) return 0;
    const last = await this.runs.lastBefore(nowMs - this.rules.days * dayMs);
    return last === '' ? 0 : this.removeThose((after) => this.runs.between(after, last), age);
  }

  private async byDefinition(id: number, { days, runs }: Keep, { age, nowMs }: { age: AgeRule; nowMs: number }): Promise<number> {
    let removed = 0;
    if (days !== undefined && days > 0) {
      const isOld = ({ createdAtMs }: KeptRun) => nowMs - createdAtMs > days * dayMs;
      const old = async (after: string) => (await this.runs.ofDefinition(id, after)).filter(isOld);
      removed += await this.removeThose(old, age);
    }
    if (runs === undefined) return removed;
    for (let gone = 1; gone > 0 && !this.stopped; removed += gone) {
      gone = await this.remove(await this.runs.beyond(id, runs));
      await setImmediate();
    }
    return removed;
  }

  /** The oldest runs of each user who keeps too much go. */
  private async byUser(age: AgeRule): Promise<number> {
    let removed = 0;
    for (const ownerId of await this.runs.owners()) {
      const bytes = await this.runs.keptBytesOf(ownerId);
      const most = this.rules.userBytes;
      if (bytes > most) removed += await this.untilFit((after) => this.runs.ofOwner(ownerId, after), age, { bytes, most });
      await setImmediate();
    }
    return removed;
  }

  /** The oldest runs go until the rest takes no more than it may. */
  private async bySpace(age: AgeRule, uncounted: Bites[]): Promise<number> {
    let bytes = await this.runs.countedBytes();
    const add = (run: KeptRun) => {
      if (run.state === 'finished') bytes += run.keptBytes ?? 0;
    };
    for (const bites of uncounted) for await (const bite of this.walk(bites)) bite.forEach(add);
    const most = this.rules.bytes;
    return bytes <= most ? 0 : this.untilFit((after) => this.runs.between(after, null), age, { bytes, most });
  }

  private async untilFit(bites: Bites, age: AgeRule, { bytes, most }: { bytes: number; most: number }): Promise<number> {
    let [left, removed] = [bytes, 0];
    for await (const bite of this.walk(bites)) {
      const doomed: KeptRun[] = [];
      for (const run of bite) {
        if (left <= most) break;
        if (!age.isSpare(run)) continue;
        left -= run.keptBytes ?? 0;
        doomed.push(run);
      }
      removed += await this.remove(doomed);
      if (left <= most) return removed;
    }
    return removed;
  }
}
