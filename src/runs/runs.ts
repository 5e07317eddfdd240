// The runs: submit, find, list, wait, stop, remove. Every door calls this, and nothing else starts a program.
import { Injectable } from '@nestjs/common';
import { type Admission, Dispatcher } from '../dispatch/dispatcher.js';
import { CodedError } from '../protocol/coded-error.js';
import { LiveTable } from '../protocol/live-table.js';
import type { LogSource } from '../protocol/log-source.js';
import type { Principal } from '../protocol/roles.js';
import type { Interaction, RunOrder } from '../protocol/run-order.js';
import type { RunPlan } from '../protocol/run-plan.js';
import type { FormerStart, StopRequest } from '../protocol/run-task.js';
import { DiskWatermark } from '../results/disk-watermark.js';
import { Outputs, RunsRoot } from '../results/outputs.js';
import { ActiveRun } from './active-run.js';
import { buildOrder, firstRow, RunDefaults, typedTo } from './build-order.js';
import { CreatedFiles } from './created-files.js';
import { Leftovers } from './leftovers.js';
import { RecordWriter } from './record-writer.js';
import type { RunEntity } from './run.entity.js';
import type { RunRequest } from './run-request.js';
import { type RunPage, RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';

/** What runs need to know of their surroundings. */
@Injectable()
export class RunSurroundings {
  constructor(
    readonly dispatcher: Dispatcher,
    readonly outputs: Outputs,
    readonly root: RunsRoot,
    readonly defaults: RunDefaults,
    readonly disk: DiskWatermark,
  ) {}
}

/** One run on its way: its record, its order, and what only this process has of it. */
interface Departure {
  row: RunEntity;
  order: RunOrder;
  admission: Admission;
  live: RunRequest['live'];
  former: FormerStart | null;
}

@Injectable()
export class Runs {
  private readonly active = new LiveTable<ActiveRun>();

  constructor(
    private readonly around: RunSurroundings,
    private readonly store: RunStore,
    private readonly rows: RunRows,
    private readonly created: CreatedFiles,
    private readonly leftovers: Leftovers,
  ) {}

  /** Resolves once the run is accepted: its record is committed. The same Idempotency-Key gives the same run. */
  async submit(owner: Principal, request: RunRequest): Promise<string> {
    this.around.disk.check();
    const order = buildOrder(request, this.around.defaults);
    const row = firstRow(order, request, owner);
    if (request.start === false) {
      row.state = 'created';
      return (await this.store.accept(row, request)) ?? row.id;
    }
    const admission = this.around.dispatcher.admit(order);
    if (admission.startsNow) Object.assign(row, { state: 'starting', launcher: admission.launcher });
    const former = await this.store.accept(row, request).catch((error) => {
      admission.withdraw();
      throw error;
    });
    if (former) {
      admission.withdraw();
      return former;
    }
    this.depart({ row, order, admission, live: request.live, former: null });
    return row.id;
  }

  /** Starts a run that was only created; `interactive`: to be typed to, at a terminal if this or its order says so. Throws wrong_state. */
  async start(viewer: Principal, id: string, interactive?: Interaction): Promise<RunEntity> {
    const row = await this.find(viewer, id);
    if (row.state !== 'created') throw new CodedError('wrong_state', `the run ${id} was started already; it is ${row.state}`);
    this.around.disk.check();
    await this.created.handOver(await this.store.orderOf(id), (order) =>
      this.startCreated(row, interactive ? typedTo(order, interactive.terminal ? interactive : (order.interactive ?? interactive)) : order),
    );
    return row;
  }

  /** TERM or `signal`, and KILL after the grace; what waits is cancelled. Throws wrong_state when it has ended. */
  async stop(viewer: Principal, id: string, request: StopRequest): Promise<RunEntity> {
    const row = await this.find(viewer, id);
    if (row.state === 'created') return this.cancelCreated(row, request);
    const run = this.active.get(id);
    if (!run) throw new CodedError('wrong_state', `the run ${id} has ended`);
    run.stop(request);
    return run.row;
  }

  /** One signal to the program. Throws wrong_state when it does not run. */
  async signal(viewer: Principal, id: string, name: string): Promise<RunEntity> {
    const row = await this.find(viewer, id);
    if (!this.active.get(id)?.signal(name)) throw new CodedError('wrong_state', `the run ${id} does not run; it is ${row.state}`);
    return row;
  }

  /** What the request would start. */
  explain(request: RunRequest): RunPlan {
    return this.around.dispatcher.explain(buildOrder(request, this.around.defaults));
  }

  /** The record as it is now; not_found when this user may not see it. */
  async find(viewer: Principal, id: string): Promise<RunEntity> {
    const row = this.active.get(id)?.row ?? (await this.rows.find(viewer, id));
    if (!row || (viewer.role !== 'admin' && row.ownerId !== viewer.userId)) throw new CodedError('not_found', `there is no run ${id}`);
    return row;
  }

  async list(viewer: Principal, page: RunPage): Promise<{ rows: RunEntity[]; total: number }> {
    if (page.filters.state) await Promise.all(this.active.values().map((run) => run.stored()));
    const { rows, total } = await this.rows.page(viewer, page);
    return { rows: rows.map((row) => this.active.get(row.id)?.row ?? row), total };
  }

  activeRun(id: string): ActiveRun | undefined {
    return this.active.get(id);
  }

  /** Resolves when the run has ended, or after `timeoutMs`. */
  async wait(id: string, timeoutMs: number): Promise<void> {
    const run = this.active.get(id);
    if (!run) return;
    if (timeoutMs === Number.POSITIVE_INFINITY) return run.ended;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1));
    });
    await Promise.race([run.ended, late]);
    clearTimeout(timer);
  }

  /** The log, to be closed by its reader. */
  async log(id: string): Promise<LogSource> {
    return this.active.get(id)?.openLog() ?? (await this.around.outputs.log(id));
  }

  /** The digest of a finished run's output, computed when it is first asked for. */
  async withDigest(row: RunEntity): Promise<RunEntity> {
    if (row.state !== 'finished' || !row.outputSource || row.outputSha256) return row;
    const place = { runId: row.id, source: row.outputSource, bytes: row.outputBytes ?? 0 };
    row.outputSha256 = await this.around.outputs.digest(place).catch(() => null);
    if (row.outputSha256) await this.store.save(row.id, { outputSha256: row.outputSha256 });
    return row;
  }

  async remove(viewer: Principal, id: string): Promise<void> {
    const row = await this.find(viewer, id);
    if (row.state !== 'finished' && row.state !== 'created') {
      throw new CodedError('run_active', `the run ${id} has not ended; it is ${row.state}`);
    }
    await this.store.remove(id);
    await this.around.dispatcher.discard(id);
  }

  /** Removes what a refused request has spooled. */
  discard(id: string): Promise<void> {
    return this.store.discard(id);
  }

  /** At boot: goes on with what an earlier server had accepted, in its order. `settled`: what had begun is found or given up. */
  async recover(): Promise<{ settled: Promise<unknown> }> {
    const left = await this.leftovers.list();
    const unfinished = await this.store.unfinished();
    for (const { row, order } of unfinished) {
      const begun = row.state !== 'queued';
      const admission = this.around.dispatcher.admit(order, begun ? 'begun' : 'queued');
      const { pid, startedAtMs, launcher } = row;
      const former = begun ? { pid, startedAtMs, launcher, certain: row.state !== 'starting' } : null;
      if (begun) row.launcher = admission.launcher;
      this.depart({ row, order, admission, live: null, former });
    }
    const begun = unfinished.filter(({ row }) => row.state !== 'queued').map(({ row }) => this.active.get(row.id)?.settled);
    const nobodys = left.filter((id) => !this.active.has(id));
    return { settled: Promise.all(begun).finally(() => void this.leftovers.sweep(nobodys)) };
  }

  private async cancelCreated(row: RunEntity, { error }: StopRequest): Promise<RunEntity> {
    const end = { state: 'finished', endReason: 'cancelled', success: false, error, finishedAtMs: Date.now(), order: null } as const;
    if (!(await this.store.leaveState(row.id, 'created', end)))
      throw new CodedError('wrong_state', `the run ${row.id} was started already`);
    return Object.assign(row, end);
  }

  private async startCreated(row: RunEntity, order: RunOrder): Promise<void> {
    const admission = this.around.dispatcher.admit(order);
    const state = admission.startsNow ? { state: 'starting' as const, launcher: admission.launcher } : { state: 'queued' as const };
    const begun: Partial<RunEntity> = { ...state, order: JSON.stringify(order) };
    const left = await this.store.leaveState(row.id, 'created', begun).catch((error) => {
      admission.withdraw();
      throw error;
    });
    if (!left) {
      admission.withdraw();
      throw new CodedError('wrong_state', `the run ${row.id} was started already`);
    }
    Object.assign(row, begun);
    this.depart({ row, order, admission, live: null, former: null });
  }

  private depart(departure: Departure): void {
    const { row, order } = departure;
    const record = new RecordWriter((change, frames) => this.store.saveSurely(row.id, change, frames));
    const run: ActiveRun = new ActiveRun(row, record, () => this.retry(run, departure, record));
    this.active.set(row.id, run);
    void run.ended.then(async () => {
      this.active.delete(row.id);
      if (order.message.kind === 'file' || order.uploads.length > 0) await this.store.discardSpooled(row.id);
    });
    this.dispatch(run, departure);
  }

  private dispatch(run: ActiveRun, { order, admission, live, former }: Departure): void {
    const message = order.message.kind === 'live' ? live : null;
    run.attach(this.around.dispatcher.submit({ order, message, former, emit: (event) => run.onEvent(event) }, admission));
  }

  /** A lost run is tried again as often as its definition says; never when its message is gone. True: another attempt follows. */
  private retry(run: ActiveRun, departure: Departure, record: RecordWriter): boolean {
    const { row, order } = departure;
    if (order.message.kind === 'live' || order.interactive || row.attempt > (order.definition.retries ?? 0)) return false;
    const change = { state: 'queued', attempt: row.attempt + 1, pid: null, startedAtMs: null } as const;
    Object.assign(row, change);
    const admission = this.around.dispatcher.admit(order, 'queued');
    const again = () => this.dispatch(run, { ...departure, admission, former: null });
    void record
      .now(change)
      .then(() => this.store.discardLog(row.id))
      .then(again, again);
    return true;
  }
}
