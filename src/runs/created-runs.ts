// Runs that were only created: they are started later, with what was put for them meanwhile, or cancelled.
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import type { RunOrder } from '../model/run-order.js';
import type { StopRequest } from '../model/run-task.js';
import { ActiveRuns } from './active-runs.js';
import { giveCommand, isSharedService, type StartOptions, typedTo } from './build-order.js';
import { emptyInput } from './kept-input.js';
import { mayParkCreated, ParkedRuns } from './parked-runs.js';
import { PendingRunFiles } from './pending-run-files.js';
import type { RunEntity } from './run.entity.js';
import { RunDependencies } from './run-dependencies.js';

@Injectable()
export class CreatedRuns {
  constructor(
    private readonly dependencies: RunDependencies,
    private readonly activeRuns: ActiveRuns,
    private readonly parked: ParkedRuns,
    private readonly files: PendingRunFiles,
  ) {}

  /** Starts a run that was only created. Throws wrong_state. */
  async start(row: RunEntity, { interactive, command }: StartOptions): Promise<RunEntity> {
    const { id } = row;
    if (row.state !== 'created') throw new CodedError('wrong_state', `the run ${id} was already started; it is ${row.state}`);
    const order = await this.activeRuns.store.orderOf(id);
    if (isSharedService(order))
      throw new CodedError('wrong_state', `the run ${id} is a service of definition ${order.definitionId}, which is started by execute/`);
    this.activeRuns.rights.check(order.ownerId);
    await this.dependencies.disk.checkFor(order.ownerId);
    if (this.activeRuns.late.concerns(order, false)) await this.activeRuns.late.check(order);
    const typed = interactive?.terminal ? interactive : (order.interactive ?? interactive);
    await this.files.startWith(order, (complete) => {
      if (command) Object.assign(row, giveCommand(complete, command));
      return this.begin(row, interactive && typed ? typedTo(complete, typed) : complete);
    });
    return row;
  }

  async cancel(row: RunEntity, { error }: StopRequest): Promise<RunEntity> {
    const end = { state: 'finished', endReason: 'cancelled', success: false, error, finishedAtMs: Date.now(), order: null } as const;
    if (!(await this.activeRuns.store.leaveState(row, 'created', end)))
      throw new CodedError('wrong_state', `the run ${row.id} was already started`);
    this.dependencies.disk.ofUsers.waitsNoMore(row.id);
    return row;
  }

  private async begin(row: RunEntity, order: RunOrder): Promise<void> {
    const admission = this.dependencies.dispatcher.admit(order);
    const state = admission.startsNow ? { state: 'starting' as const, launcher: admission.launcher } : { state: 'queued' as const };
    const { exec, argv, port } = row;
    const begun: Partial<RunEntity> = { ...state, exec, argv, port, order: JSON.stringify(order), ...emptyInput(order) };
    const left = await this.activeRuns.store.leaveState(row, 'created', begun).catch((error) => {
      admission.withdraw();
      throw error;
    });
    if (!left) {
      admission.withdraw();
      throw new CodedError('wrong_state', `the run ${row.id} was already started`);
    }
    if (!admission.startsNow) this.dependencies.disk.ofUsers.waits(row, order);
    if (mayParkCreated(order, admission)) this.parked.park(row, admission);
    else this.activeRuns.begin({ row, order, admission, live: null, takeover: null });
  }
}
