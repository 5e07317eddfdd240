// The runs: submit, find, list, wait, explain, remove. Every door calls this, and nothing else starts a program.
import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { CodedError } from '../protocol/coded-error.js';
import { controlDirectory } from '../protocol/control-directory.js';
import type { Principal } from '../protocol/roles.js';
import type { RunOrder } from '../protocol/run-order.js';
import type { RunPlan } from '../protocol/run-plan.js';
import { GrowingLog } from '../results/growing-log.js';
import type { LogSource } from '../results/log-source.js';
import { Outputs, RunsRoot } from '../results/outputs.js';
import { ActiveRun, type SaveChange } from './active-run.js';
import { buildOrder, firstRow, RunDefaults } from './build-order.js';
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
  ) {}
}

@Injectable()
export class Runs {
  private readonly active = new Map<string, ActiveRun>();

  constructor(
    private readonly around: RunSurroundings,
    private readonly store: RunStore,
    private readonly rows: RunRows,
  ) {}

  /** Resolves once the run is accepted: its record is committed. The same Idempotency-Key gives the same run. */
  async submit(owner: Principal, request: RunRequest): Promise<string> {
    const order = this.orderOf(request);
    const row = firstRow(order, request, owner);
    const former = await this.store.accept(row, request);
    if (former) return former;
    this.start(row, order, request);
    return row.id;
  }

  /** What the request would start. */
  explain(request: RunRequest): RunPlan {
    return this.around.dispatcher.explain(this.orderOf(request));
  }

  /** The record as it is now; not_found when this user may not see it. */
  async find(viewer: Principal, id: string): Promise<RunEntity> {
    const row = this.active.get(id)?.row ?? (await this.rows.find(viewer, id));
    if (!row || (viewer.role !== 'admin' && row.ownerId !== viewer.userId)) throw new CodedError('not_found', `there is no run ${id}`);
    return row;
  }

  async list(viewer: Principal, page: RunPage): Promise<{ rows: RunEntity[]; total: number }> {
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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1));
    });
    await Promise.race([run.ended, late]);
    clearTimeout(timer);
  }

  /** The log, to be closed by its reader. */
  async log(id: string): Promise<LogSource> {
    return this.active.get(id)?.log.retain() ?? (await this.around.outputs.log(id));
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
    if (row.state !== 'finished') throw new CodedError('run_active', `the run ${id} has not ended; it is ${row.state}`);
    await this.store.remove(id);
  }

  /** Removes what a refused request has spooled. */
  discard(id: string): Promise<void> {
    return this.store.discard(id);
  }

  private orderOf(request: RunRequest): RunOrder {
    const order = buildOrder(request, this.around.defaults);
    this.around.dispatcher.check(order.definition);
    return order;
  }

  private start(row: RunEntity, order: RunOrder, request: RunRequest): void {
    const log = new GrowingLog(controlDirectory(this.around.root.path, row.id));
    let saved = Promise.resolve();
    const saveInOrder: SaveChange = (change, frames) => {
      saved = saved.then(() => this.store.saveSurely(row.id, change, frames));
      return saved;
    };
    const run = new ActiveRun(row, log, saveInOrder);
    this.active.set(row.id, run);
    void run.ended.then(async () => {
      this.active.delete(row.id);
      await log.release();
      if (request.message.kind === 'file' || request.uploads.length > 0) await this.store.discardSpooled(row.id);
    });
    run.attach(this.around.dispatcher.submit({ order, message: request.live, emit: (event) => run.onEvent(event) }));
  }
}
