// The queued runs that only wait: nothing of them is in memory but their places, so that a long queue costs little. Their orders stay in the database
// until their turn comes, or until somebody stops them.
import { Injectable, Logger } from '@nestjs/common';
import type { Admission } from '../dispatch/dispatcher.js';
import { CompactingMap } from '../model/compacting-map.js';
import { isService } from '../model/definition.js';
import { retry } from '../model/retry.js';
import { RunCounters } from '../model/run-counters.js';
import type { RunOrder } from '../model/run-order.js';
import type { StopRequest } from '../model/run-task.js';
import { untilLate } from '../model/until-late.js';
import type { ActiveRun } from './active-run.js';
import { ActiveRuns } from './active-runs.js';
import { ParkedRun } from './parked-run.js';
import { isTriedAgain, QueuedPlaces, type QueuedRun } from './queued-places.js';
import type { RunEntity } from './run.entity.js';
import { RunDependencies } from './run-dependencies.js';
import type { RunRequest } from './run-request.js';
import { readOrder } from './stored-order.js';

/** The pauses while the database is away when the turn of a run has come. */
const backoff = { firstMs: 50, longestMs: 500 };

/** A longer order is not kept in memory, also while a caller waits for its run: reading it again costs little then. */
const longOrder = 16_384;

@Injectable()
export class ParkedRuns {
  private readonly parked = new CompactingMap<ParkedRun>();
  private readonly logger = new Logger('runs');

  constructor(
    private readonly activeRuns: ActiveRuns,
    private readonly counters: RunCounters,
    private readonly places: QueuedPlaces,
    private readonly dependencies: RunDependencies,
  ) {
    activeRuns.rights.onBarred((ownerId, error) => this.stopAll({ error }, (run) => run.ownerId === ownerId));
  }

  /** The places of all queued runs that an earlier server has left. */
  left(): Promise<QueuedRun[]> {
    return this.places.all();
  }

  /** Parks those that wait for their first start. */
  restore(queued: QueuedRun[]): void {
    for (const run of queued) {
      if (isTriedAgain(run)) continue;
      this.activeRuns.rights.expect(run.ownerId);
      this.park(run, this.dependencies.dispatcher.enqueue(run));
    }
  }

  /** The record of the run is stored, and its admission says that it must wait. */
  park({ id, ownerId, lane }: Pick<QueuedRun, 'id' | 'ownerId' | 'lane'>, admission: Admission): void {
    const run = new ParkedRun(id, ownerId, lane, admission);
    this.parked.set(id, run);
    this.counters.countParked(lane, 1);
    const why = this.activeRuns.rights.fault(ownerId);
    if (why !== undefined) this.stopAll({ error: why }, (one) => one === run);
    admission.onEntered(() => void this.enter(id));
  }

  find(id: string): ParkedRun | undefined {
    return this.parked.get(id);
  }

  /** Resolves when the run has ended, after `timeoutMs`, or when `signal` is aborted. The run stays parked until its turn. */
  async endedWithin(parked: ParkedRun, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    await untilLate(timeoutMs, signal, async (late) => (await parked.taken(late))?.endedOr(late));
  }

  /** The run in memory, which loads it when it is parked; undefined when it has ended. Throws database_unreachable. */
  async wake(id: string): Promise<ActiveRun | undefined> {
    const parked = this.parked.get(id);
    if (!parked) return this.activeRuns.find(id);
    parked.waking ??= this.take(parked).finally(() => {
      parked.waking = null;
    });
    return parked.waking;
  }

  /** Stops the parked runs for which `concerned` is true, one after the other. Returns how many. */
  stopAll(request: StopRequest, concerned: (run: ParkedRun) => boolean = () => true): number {
    const runs = this.parked.values().filter(concerned);
    for (const run of runs) run.stop ??= request;
    void this.endOneByOne(runs.map(({ id }) => id));
    return runs.length;
  }

  private async endOneByOne(ids: string[]): Promise<void> {
    for (const id of ids) {
      const run = await this.wakeSurely(id);
      await run?.ended;
    }
  }

  private async enter(id: string): Promise<void> {
    if (this.parked.has(id)) await this.wakeSurely(id);
  }

  /** While the database is away, the run waits for it. */
  private wakeSurely(id: string): Promise<ActiveRun | undefined> {
    return retry(() => this.wake(id), { backoff, failed: () => {} });
  }

  private async take(parked: ParkedRun): Promise<ActiveRun | undefined> {
    const run = await this.load(parked);
    parked.take(run);
    return run;
  }

  private async load(parked: ParkedRun): Promise<ActiveRun | undefined> {
    const { id, admission, lane } = parked;
    const { store } = this.activeRuns;
    const row = await store.withOrder(id);
    this.parked.delete(id);
    this.counters.countParked(lane, -1);
    if (row?.state !== 'queued') this.dependencies.disk.ofUsers.waitsNoMore(id);
    if (row?.state !== 'queued') return void admission.withdraw();
    try {
      const run = this.activeRuns.begin({ row, order: readOrder(row), admission, live: null, takeover: null });
      if (parked.stop) run.stop(parked.stop);
      return run;
    } catch (error) {
      admission.withdraw();
      this.dependencies.disk.ofUsers.waitsNoMore(id);
      const { message } = error as Error;
      this.logger.error(`run ${id} is set aside: ${message}`);
      await store.setAside(row, message);
      return undefined;
    }
  }
}

/** Whether only the place of the run needs to be in memory. `row` is as it was stored. */
export function mayPark({ order }: RunEntity, { content, live, interactive, synchronous }: RunRequest, { startsNow }: Admission): boolean {
  return !startsNow && (!synchronous || isLong(order)) && live === null && !interactive && !isService(content);
}

/** The same for a run that was created, whose caller does not wait for it. A command may have a port, which its caller waits for. */
export function mayParkCreated({ definition, definitionId, interactive }: RunOrder, { startsNow }: Admission): boolean {
  return !startsNow && !interactive && definitionId !== null && !isService(definition);
}

function isLong(order: string | null): boolean {
  return order !== null && order.length > longOrder;
}
