// The operations on runs: submit, find, list, wait, stop, remove. Every interface calls them, and nothing else starts a program.
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { refuseEnded } from '../model/ended-credentials.js';
import type { LogSource } from '../model/log-source.js';
import type { Principal } from '../model/roles.js';
import type { RunPlan } from '../model/run-plan.js';
import type { StopRequest } from '../model/run-task.js';
import type { ActiveRun } from './active-run.js';
import { ActiveRuns } from './active-runs.js';
import { buildOrder, isSharedService, newRunRow, type StartOptions } from './build-order.js';
import { CreatedRuns } from './created-runs.js';
import type { ParkedRun } from './parked-run.js';
import { mayPark, ParkedRuns } from './parked-runs.js';
import type { RunEntity } from './run.entity.js';
import { RunDependencies } from './run-dependencies.js';
import { newRunId } from './run-ids.js';
import type { RunPage } from './run-pages.js';
import type { RunRequest } from './run-request.js';
import { RunRows, seenRun, shownRecord, wholeRun } from './run-rows.js';
import type { RunStore } from './run-store.js';
import { Spool } from './spool.js';

/** The result of `read`: the requested run, and the data that its interface needs later. */
interface Asked {
  run: RunRequest;
}

/** How long `execute` waits for the end: `signal` ends the wait, not the run. */
export interface WaitOptions {
  waitMs?: number;
  signal?: AbortSignal;
}

@Injectable()
export class Runs {
  private readonly store: RunStore;

  constructor(
    private readonly dependencies: RunDependencies,
    private readonly activeRuns: ActiveRuns,
    private readonly parked: ParkedRuns,
    private readonly rows: RunRows,
    private readonly created: CreatedRuns,
  ) {
    this.store = activeRuns.store;
  }

  /**
   * Starts the run that `read` requests and waits for its end: returns the record as it is then, or when the wait is over.
   * An interface that responds with a result only needs this function.
   */
  async execute<Read extends Asked>(
    owner: Principal,
    read: (runId: string) => Promise<Read>,
    { waitMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {},
  ): Promise<{ row: RunEntity; asked: Read }> {
    const { id, asked } = await this.accept(owner, read);
    await this.wait(id, waitMs, signal);
    return { row: await this.find(owner, id), asked };
  }

  /** Accepts the run that `read` requests. `read` spools the files of the request under the given id; files that the run does not take are removed. */
  accept<Read extends Asked>(
    owner: Principal,
    read: (runId: string) => Promise<Read>,
    runId = newRunId(),
  ): Promise<{ id: string; asked: Read }> {
    return this.spooling(async (spool) => {
      const asked = await read(spool.id);
      return { id: spool.takenBy(await this.submit(owner, asked.run)), asked };
    }, runId);
  }

  /** The files that are spooled under the id of the spool stay while `work` runs; afterwards they are removed, unless a run has taken them. */
  async spooling<Result>(work: (spool: Spool) => Promise<Result>, runId = newRunId()): Promise<Result> {
    const spool = new Spool(this.store, runId);
    try {
      return await work(spool);
    } finally {
      await spool.close();
    }
  }

  /** Resolves once the run is accepted: its record is committed. The same Idempotency-Key gives the same run. Throws unauthenticated. */
  async submit(owner: Principal, request: RunRequest): Promise<string> {
    refuseEnded(owner);
    this.activeRuns.rights.check(owner.userId);
    await this.dependencies.disk.checkFor(owner.userId);
    const order = await buildOrder(owner, request, this.dependencies.defaults);
    const row = newRunRow(order, request);
    if (request.start === false) {
      if (isSharedService(order)) throw new CodedError('invalid_request', '"start": false is not possible for the service of a definition');
      row.state = 'created';
      const repeated = await this.store.accept(row, request);
      if (repeated === null) this.dependencies.disk.ofUsers.waits(row, order);
      return repeated ?? row.id;
    }
    const admission = this.dependencies.dispatcher.admit(order);
    if (admission.startsNow) Object.assign(row, { state: 'starting', launcher: admission.launcher });
    const former = await this.store.accept(row, request).catch((error) => {
      admission.withdraw();
      throw error;
    });
    if (former) {
      admission.withdraw();
      return former;
    }
    if (!admission.startsNow) this.dependencies.disk.ofUsers.waits(row, order);
    if (mayPark(row, request, admission)) this.parked.park(row, admission);
    else this.activeRuns.begin({ row, order, admission, live: request.live, liveBytes: request.liveBytes, takeover: null });
    return row.id;
  }

  /** Starts a run that was only created. Throws wrong_state, and what submit throws. */
  async start(viewer: Principal, id: string, options: StartOptions = {}): Promise<RunEntity> {
    return this.created.start(await this.find(viewer, id), options);
  }

  /** Sends TERM or `signal`, and KILL after the grace; a waiting run is cancelled. Throws wrong_state when the run has ended. */
  async stop(viewer: Principal, id: string, request: StopRequest): Promise<RunEntity> {
    const row = await this.find(viewer, id);
    if (row.state === 'created') return this.created.cancel(row, request);
    const run = await this.wake(id);
    if (!run || run.row.state === 'finished') throw new CodedError('wrong_state', `the run ${id} has ended`);
    run.stop(request);
    return run.row;
  }

  /** Stops the run if it waits or is active. */
  stopActive(id: string, request: StopRequest): void {
    const parked = this.parked.find(id);
    if (parked) this.parked.stopAll(request, (run) => run === parked);
    else this.activeRuns.find(id)?.stop(request);
  }

  /** Stops all waiting and active runs. Returns how many. */
  stopAll(request: StopRequest): number {
    return this.activeRuns.stopAll(request) + this.parked.stopAll(request);
  }

  /** Stops the active runs of a user who may not start runs any more; those that waited have been stopped already. */
  stopBarred(ownerId: number): void {
    const error = this.activeRuns.rights.fault(ownerId);
    if (error !== undefined) this.activeRuns.stopAll({ error }, (run) => run.order.ownerId === ownerId);
  }

  /** Sends one signal to the program. Throws wrong_state when the program does not run. */
  async signal(viewer: Principal, id: string, name: string): Promise<RunEntity> {
    const row = await this.find(viewer, id);
    if (!this.activeRuns.find(id)?.signal(name))
      throw new CodedError('wrong_state', `the program of run ${id} is not running; the run is ${row.state}`);
    return row;
  }

  /** Throws disk_full. */
  checkDisk(): void {
    this.dependencies.disk.check();
  }

  /** Describes what the request would start. */
  async explain(owner: Principal, request: RunRequest): Promise<RunPlan> {
    return this.dependencies.dispatcher.explain(await buildOrder(owner, request, this.dependencies.defaults));
  }

  /** The present record for a user who may see all of the run; throws not_found, and forbidden for its author. */
  async find(viewer: Principal, id: string): Promise<RunEntity> {
    return wholeRun(viewer, id, await this.recorded(id));
  }

  /** As much of the present record as the user may see; throws not_found. */
  async findRecord(viewer: Principal, id: string): Promise<RunEntity> {
    return seenRun(viewer, id, await this.recorded(id));
  }

  /** The present record, of any owner; null if none exists. */
  async recorded(id: string): Promise<RunEntity | null> {
    return this.activeRuns.find(id)?.row ?? this.rows.byId(id);
  }

  async list(viewer: Principal, page: RunPage, signal?: AbortSignal): Promise<{ rows: RunEntity[]; total: number }> {
    if (page.filters.state || page.filters.endReason) await this.activeRuns.stored();
    const { rows, total } = await this.rows.page(viewer, page, signal);
    return { rows: rows.map((row) => shownRecord(viewer, this.activeRuns.find(row.id)?.row ?? row)), total };
  }

  /** The run while it is in memory: not while it is parked. */
  activeRun(id: string): ActiveRun | undefined {
    return this.activeRuns.find(id);
  }

  /** The run for those who follow it, which stays parked until its turn; undefined when it has ended. */
  followed(id: string): ActiveRun | ParkedRun | undefined {
    return this.parked.find(id) ?? this.activeRuns.find(id);
  }

  /** The run in memory, also when it is queued, with its whole order; undefined when it has ended. */
  wake(id: string): Promise<ActiveRun | undefined> {
    return this.parked.wake(id);
  }

  /** Resolves when the run has ended, after `timeoutMs`, or when `signal` is aborted. */
  async wait(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!(timeoutMs > 0)) return;
    const parked = this.parked.find(id);
    if (parked) await this.parked.endedWithin(parked, timeoutMs, signal);
    else await this.activeRuns.find(id)?.endedWithin(timeoutMs, signal);
  }

  /** Opens the log, which its reader closes. */
  async log(id: string): Promise<LogSource> {
    return this.followed(id)?.openLog() ?? (await this.dependencies.outputs.log(id));
  }

  /** Returns the same record, and requests the digest of its output if it has none yet: showing a run never reads its output. */
  wantingDigest(row: RunEntity): RunEntity {
    this.activeRuns.digests.want(row);
    return row;
  }

  async remove(viewer: Principal, id: string): Promise<void> {
    const row = await this.find(viewer, id);
    if (row.state !== 'finished' && row.state !== 'created') {
      throw new CodedError('run_active', `the run ${id} has not ended; it is ${row.state}`);
    }
    const isRemoved = await this.store.remove(id, row.state);
    if (!isRemoved && row.state === 'created') throw new CodedError('run_active', `the run ${id} has just been started or removed`);
    this.dependencies.disk.ofUsers.waitsNoMore(id);
    await this.dependencies.dispatcher.discard(id);
  }
}
