// Takes over at boot the runs that an earlier server had accepted, in their order; a run that cannot be continued ends without stopping the others.
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { RunEvent, RunEventSink } from '../model/run-event.js';
import type { RunOrder } from '../model/run-order.js';
import { ActiveRuns, type Takeover } from './active-runs.js';
import { ParkedRuns } from './parked-runs.js';
import { isTriedAgain, type QueuedRun } from './queued-places.js';
import type { RunEntity } from './run.entity.js';
import { RunDependencies } from './run-dependencies.js';
import { continueAfter } from './run-ids.js';
import { StaleRuns } from './stale-runs.js';
import { readOrder } from './stored-order.js';
import { type Suspicion, TakeoverMarks } from './takeover-marks.js';

/** How long a server must have lived before it takes over a run under which several have died: a storm of kills is over by then. */
const calmMs = 5_000;

const reasons = {
  guilty: 'the server ended each time that it took over this run from an earlier one',
  suspect: 'the server ended while it took over this run, which is now taken over alone',
};

@Injectable()
export class Recovery {
  private readonly logger = new Logger('runs');

  constructor(
    private readonly dependencies: RunDependencies,
    private readonly activeRuns: ActiveRuns,
    private readonly parked: ParkedRuns,
    private readonly leftovers: StaleRuns,
    private readonly marks: TakeoverMarks,
  ) {}

  /** `settled`: resolves when the runs that had started are found or given up. */
  async recover(): Promise<{ settled: Promise<unknown> }> {
    const newest = await this.activeRuns.store.newestId();
    if (newest) continueAfter(newest);
    const left = await this.leftovers.list();
    await this.activeRuns.ends.restore();
    const queued = await this.parked.left();
    const rows = await this.begun(queued);
    for (const { ownerId } of rows) this.activeRuns.rights.expect(Number(ownerId));
    const suspicions = await this.suspicions(rows);
    const clear: Promise<void>[] = [];
    for (const row of rows) {
      const suspicion = suspicions.get(row.id) ?? 'clear';
      if (suspicion === 'clear') clear.push(this.takeUp(row, null));
      if (suspicion === 'guilty') clear.push(this.setAside(row, reasons.guilty));
    }
    // each of these waits for all those before it
    const alone = [...clear];
    for (const row of rows) if (suspicions.get(row.id) === 'suspect') alone.push(this.takeUp(row, Promise.all([...alone])));
    for (const row of rows)
      if (suspicions.get(row.id) === 'dreaded')
        alone.push(this.takeUp(row, Promise.all([...alone, pause(calmMs, undefined, { ref: false })])));
    // in the same turn, so that none starts before all are in their lanes
    this.parked.restore(queued);
    const nobodys = left.filter((id) => !this.activeRuns.find(id) && !this.parked.find(id));
    return { settled: Promise.all(alone).finally(() => void this.leftovers.sweep(nobodys)) };
  }

  /** The runs that were begun at least once, by age: active ones, and queued ones that are tried again. */
  private async begun(queued: QueuedRun[]): Promise<RunEntity[]> {
    const { store } = this.activeRuns;
    const again = await Promise.all(queued.filter(isTriedAgain).map(({ id }) => store.withOrder(id)));
    const rows = [...(await store.active()), ...again.filter((row) => row !== null)];
    return rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  private async suspicions(rows: RunEntity[]): Promise<Map<string, Suspicion>> {
    const begun = rows.filter(({ state }) => state !== 'queued');
    return new Map(await Promise.all(begun.map(async ({ id }) => [id, await this.marks.suspicion(id)] as const)));
  }

  /** Resolves when the run is found, has ended, or waits for its turn. Never rejects. `before`: the takeovers that a suspected run waits for. */
  private async takeUp(row: RunEntity, before: Promise<unknown> | null): Promise<void> {
    let order: RunOrder;
    try {
      order = readOrder(row);
      const begun = row.state !== 'queued';
      if (before) this.logger.warn(`run ${row.id}: ${reasons.suspect}`);
      const takeover = begun ? this.takeover(row, before) : null;
      const admission = this.dependencies.dispatcher.admit(order, begun ? 'begun' : 'queued');
      if (begun) row.launcher = admission.launcher;
      this.activeRuns.begin({ row, order, admission, live: null, takeover });
      await takeover?.over;
    } catch (error) {
      await this.setAside(row, (error as Error).message);
    }
  }

  private takeover(
    { id, state, pid, startedAtMs, launcher }: RunEntity,
    before: Promise<unknown> | null,
  ): Takeover & { over: Promise<void> } {
    let resolve = () => {};
    const over = new Promise<void>((done) => {
      resolve = done;
    });
    let isFresh = false;
    const isOver = ({ type }: RunEvent) => {
      isFresh ||= type === 'starting';
      return type === 'found' || type === 'finished' || (type === 'started' && isFresh);
    };
    const watch = (sink: RunEventSink) => async (event: RunEvent) => {
      try {
        await sink(event);
      } finally {
        if (isOver(event)) void this.marks.end(id).then(resolve);
      }
    };
    const begun = Promise.resolve(before).then(() => this.marks.begin(id));
    return { former: { pid, startedAtMs, launcher, certain: state !== 'starting' }, begun, watch, over };
  }

  /** Ends the record first, so that the remains of the run are not looked at again when that ends the server. Never rejects. */
  private async setAside(row: RunEntity, reason: string): Promise<void> {
    const { id, pid, startedAtMs } = row;
    this.logger.error(`run ${id} is set aside: ${reason}`);
    await this.activeRuns.store.setAside(row, reason);
    await this.dependencies.dispatcher.abandon({ runId: id, pid, startedAtMs }).catch((failure: Error) => {
      this.logger.error(`processes that run ${id} may have left could not be ended: ${failure.message}`);
    });
    await this.marks.end(id);
  }
}
