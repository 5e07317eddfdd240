// What the runs of each user take on the disk, kept, waiting and active: a user who has too much starts nothing more, and the largest active run is ended.
import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { CompactingMap } from '../model/compacting-map.js';
import type { RunOrder } from '../model/run-order.js';
import type { ActiveRun } from './active-run.js';
import { RetentionRules } from './retention-rules.js';
import { biteSize, RetentionStore } from './retention-store.js';
import type { RunEntity } from './run.entity.js';
import { WaitingBytes } from './waiting-bytes.js';

const everyMs = 5000;
/** A look takes at most this part of the time. */
const mostOfTime = 0.1;
/** A run that has ended is measured so much later, or twice that: its directory has been put away by then. */
const putAwayMs = 1000;
/** How long the figures of a user who has too much are believed. */
const believedMs = 250;
/** Less than this in the database is left to the retention: to store its size would cost a tenth of a small run. */
const slightBytes = 1024;
/** No smaller run is ended: it would not help. */
const leastBytes = 2 ** 20;

interface Usage {
  keptBytes: number;
  activeBytes: number;
  readAtMs: number;
}

interface Watched {
  run: ActiveRun;
  bytes: number;
}

/** The runs of one user that have ended and were not measured yet, with what they took at the last look. Nothing else of them is held. */
interface EndedRuns {
  ids: string[];
  /** Those with little in the database, which are measured now only if they keep files. */
  slight: string[];
  bytes: number;
}

@Injectable()
export class UserBytes implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('runs');
  private readonly say = ({ message }: Error) => this.logger.warn(`what users keep could not be measured: ${message}`);
  private readonly usage = new Map<number, Usage>();
  private readonly active = new CompactingMap<Watched>();
  private readonly waiting = new WaitingBytes();
  private ended = new Map<number, EndedRuns>();
  /** Those that had ended when the timer fired last. */
  private due = new Map<number, EndedRuns>();
  private endTimer: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly rules: RetentionRules,
    private readonly store: RetentionStore,
  ) {}

  onApplicationBootstrap(): void {
    if (this.rules.userBytes > 0) this.lookIn(everyMs);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.endTimer);
  }

  /** The run was accepted, with its record as it was stored, and does not start at once. */
  waits({ order: stored }: Pick<RunEntity, 'order'>, order: RunOrder): void {
    if (this.rules.userBytes > 0) this.waiting.add(order, stored?.length ?? 0);
  }

  /** The files of a run that was only created have changed. */
  async filesPut({ id, ownerId }: Pick<RunEntity, 'id' | 'ownerId'>): Promise<void> {
    if (this.rules.userBytes > 0) this.waiting.setFiles(id, ownerId, await this.store.activeBytes(id));
  }

  /** A run that waited has ended or was removed. */
  waitsNoMore(id: string): void {
    this.waiting.remove(id);
  }

  begun(run: ActiveRun): void {
    if (this.rules.userBytes > 0) this.active.set(run.row.id, { run, bytes: this.waiting.remove(run.row.id) });
  }

  over({ row: { id }, order: { ownerId }, storedBytes }: ActiveRun): void {
    const watched = this.active.get(id);
    this.active.delete(id);
    // a file may have been put while the run began
    this.waiting.remove(id);
    if (!watched || this.stopped) return;
    const runs = this.ended.get(ownerId) ?? { ids: [], slight: [], bytes: 0 };
    this.ended.set(ownerId, runs);
    const isSlight = storedBytes !== null && storedBytes < slightBytes;
    (isSlight ? runs.slight : runs.ids).push(id);
    runs.bytes += watched.bytes;
    this.endTimer ??= setTimeout(() => void this.measureEnded(), putAwayMs).unref();
  }

  /** Throws disk_full, with the user's own figures, when the runs of this user take as much as they may. */
  check(userId: number): void | Promise<void> {
    const usage = this.usage.get(userId);
    if (this.rules.userBytes > 0 && (!usage || this.isFull(userId, usage))) return this.checkAnew(userId, usage);
  }

  private async checkAnew(userId: number, known: Usage | undefined): Promise<void> {
    const isNew = known !== undefined && Date.now() - known.readAtMs < believedMs;
    const usage = isNew ? known : await this.read(userId);
    if (!this.isFull(userId, usage)) return;
    const [used, limit] = [this.used(userId, usage), this.rules.userBytes];
    const message = `the runs of this user take ${used} bytes of ${limit} that they may take (USER_MAX_BYTES); remove some`;
    throw new CodedError('disk_full', message, { used, limit });
  }

  private isFull(userId: number, usage: Usage): boolean {
    return this.used(userId, usage) >= this.rules.userBytes;
  }

  private used(userId: number, { keptBytes, activeBytes }: Usage): number {
    return keptBytes + activeBytes + this.waiting.of(userId);
  }

  private async read(userId: number): Promise<Usage> {
    const keptBytes = await this.store.keptBytesOf(userId);
    const usage = { keptBytes, activeBytes: this.activeBytesOf(userId), readAtMs: Date.now() };
    this.usage.set(userId, usage);
    return usage;
  }

  private activeBytesOf(userId: number): number {
    let sum = 0;
    for (const { run, bytes } of this.active.values()) if (ownerOf(run) === userId) sum += bytes;
    for (const runs of [this.ended, this.due]) sum += runs.get(userId)?.bytes ?? 0;
    return sum;
  }

  private lookIn(delayMs: number): void {
    this.timer = setTimeout(async () => {
      const begunMs = performance.now();
      await this.look().catch(this.say);
      if (!this.stopped) this.lookIn(Math.max(everyMs, (performance.now() - begunMs) / mostOfTime));
    }, delayMs).unref();
  }

  private async look(): Promise<void> {
    const touched = new Set<number>();
    for (const [userId, usage] of this.usage) if (this.isFull(userId, usage) || usage.activeBytes > 0) touched.add(userId);
    for (const watched of this.active.values()) {
      watched.bytes = await this.store.activeBytes(watched.run.row.id);
      if (watched.bytes > 0) touched.add(ownerOf(watched.run));
      if (this.stopped) return;
    }
    for (const userId of touched) {
      const { keptBytes, activeBytes } = await this.read(userId);
      if (keptBytes + activeBytes > this.rules.userBytes) this.endLargest(userId, keptBytes + activeBytes);
    }
  }

  private async measureEnded(): Promise<void> {
    if (this.stopped) return;
    const { due } = this;
    this.due = this.ended;
    this.ended = new Map();
    this.endTimer = this.due.size === 0 ? undefined : setTimeout(() => void this.measureEnded(), putAwayMs).unref();
    try {
      for (const [userId, { ids, slight }] of due) {
        for (const id of slight) if (!this.stopped && (await this.store.diskBytes(id)) > 0) ids.push(id);
        if (ids.length === 0) continue;
        await this.measure(ids);
        await this.read(userId);
      }
    } catch (error) {
      this.say(error as Error);
    }
  }

  private async measure(ids: string[]): Promise<void> {
    for (let at = 0; at < ids.length && !this.stopped; at += biteSize) {
      await this.store.measure(ids.slice(at, at + biteSize).map((id) => ({ id, state: 'finished', keptBytes: null })));
      await setImmediate();
    }
  }

  private endLargest(userId: number, used: number): void {
    const own = this.active.values().filter(({ run }) => ownerOf(run) === userId && !run.stopRequested);
    const largest = own.sort((one, other) => other.bytes - one.bytes)[0];
    if (!largest || largest.bytes < leastBytes) return;
    const error = `the runs of this user take ${used} bytes, more than the ${this.rules.userBytes} that they may take (USER_MAX_BYTES), and this is the largest that runs`;
    largest.run.stop({ signal: 'SIGKILL', reason: 'output_limit', error });
  }
}

function ownerOf({ order }: ActiveRun): number {
  return order.ownerId;
}
