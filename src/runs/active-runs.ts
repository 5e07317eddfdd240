// The runs that were accepted and have not ended, each with its record; every attempt is handed to the dispatcher once.
import { Injectable, Logger } from '@nestjs/common';
import type { Admission } from '../dispatch/dispatcher.js';
import { CodedError } from '../model/coded-error.js';
import { CompactingMap } from '../model/compacting-map.js';
import { controlDirectory } from '../model/control-directory.js';
import { isService } from '../model/definition.js';
import { inputBound } from '../model/input-bound.js';
import type { RunEventSink } from '../model/run-event.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunResult } from '../model/run-result.js';
import type { FormerStart, StopRequest } from '../model/run-task.js';
import type { StartRights } from '../model/start-rights.js';
import { within } from '../model/within.js';
import type { RunsRoot } from '../results/outputs.js';
import { ActiveRun } from './active-run.js';
import { attemptError } from './attempt-error.js';
import { Digests } from './digests.js';
import { endedInput, type InputColumns, isRepeatable } from './kept-input.js';
import { LateStarts } from './late-starts.js';
import { MessageCopy } from './message-copy.js';
import { PendingEnds } from './pending-ends.js';
import { RecordWriter } from './record-writer.js';
import { RestartPolicy } from './restart-policy.js';
import type { RunEntity } from './run.entity.js';
import { RunDependencies } from './run-dependencies.js';
import type { RunRequest } from './run-request.js';
import { RunStore } from './run-store.js';

/** How long a caller waits for records that are being stored. */
const patienceMs = 4000;

/** One attempt of a run: its record, its order, and the parts that only this process has. */
export interface RunAttempt {
  row: RunEntity;
  order: RunOrder;
  admission: Admission;
  live: RunRequest['live'];
  liveBytes?: RunRequest['liveBytes'];
  takeover: Takeover | null;
}

/** The takeover of a run that an earlier server has started. */
export interface Takeover {
  former: FormerStart;
  /** The run is looked for once this promise has resolved. Never rejects. */
  begun: Promise<void>;
  /** Wraps the receiver of the events, to see each event before and after the record. */
  watch(sink: RunEventSink): RunEventSink;
}

@Injectable()
export class ActiveRuns {
  private readonly active = new CompactingMap<ActiveRun>();
  private readonly services = new Map<number, ActiveRun>();
  private readonly bootedAtMs = Date.now();
  private readonly logger = new Logger('runs');

  constructor(
    private readonly dependencies: RunDependencies,
    readonly store: RunStore,
    readonly ends: PendingEnds,
    readonly digests: Digests,
    readonly late: LateStarts,
  ) {
    late.rights.onBarred((ownerId, error) => this.stopAll({ error }, (run) => run.order.ownerId === ownerId && run.row.state === 'queued'));
  }

  get rights(): StartRights {
    return this.late.rights;
  }

  /** Stops the runs for which `concerned` is true. Returns how many. */
  stopAll(request: StopRequest, concerned: (run: ActiveRun) => boolean = () => true): number {
    const runs = this.active.values().filter(concerned);
    for (const run of runs) run.stop(request);
    return runs.length;
  }

  find(id: string): ActiveRun | undefined {
    return this.active.get(id);
  }

  get root(): RunsRoot {
    return this.dependencies.root;
  }

  /** The service of this definition. */
  serviceOf(definitionId: number): ActiveRun | undefined {
    return this.services.get(definitionId);
  }

  get allServices(): ReadonlyMap<number, ActiveRun> {
    return this.services;
  }

  /** Resolves when the present records of all runs are stored. Throws database_unreachable when that takes too long. */
  async stored(): Promise<void> {
    let isStored = false;
    const all = Promise.all(this.active.values().map((run) => run.stored())).then(() => {
      isStored = true;
    });
    await within(patienceMs, all);
    if (!isStored)
      throw new CodedError('database_unreachable', 'the present states of the runs are not stored yet', { retryAfterSeconds: 5 });
  }

  begin(accepted: RunAttempt): ActiveRun {
    const { row, order } = accepted;
    // it is stored; it would hold the message a second time
    row.order = null;
    const copy = this.copyOf(accepted);
    const attempt = copy ? { ...accepted, live: copy } : accepted;
    const record = new RecordWriter(this.ends.storeOf(row.id));
    const restarts = new RestartPolicy();
    const run: ActiveRun = new ActiveRun({ row, order }, record, {
      again: (result) => this.again(run, attempt, { restarts, result }),
      input: () => this.endedInput(run, copy),
      changes: this.store.changes,
    });
    this.active.set(row.id, run);
    const definitionId = isService(order.definition) ? order.definitionId : null;
    if (definitionId !== null) this.install(definitionId, run);
    void run.ended.then(() => {
      if (definitionId !== null && this.services.get(definitionId) === run) this.services.delete(definitionId);
    });
    void run.over.then(async () => {
      this.active.delete(row.id);
      this.dependencies.disk.ofUsers.over(run);
      this.digests.want(row);
      await this.ends.forget(row.id);
      this.discardInput(accepted, copy);
    });
    this.dependencies.disk.ofUsers.begun(run);
    this.dispatch(run, attempt, 0);
    return run;
  }

  /** A copy of a live message that may be kept, through which the program gets the message; null for any other. */
  private copyOf({ order, live, liveBytes = 0 }: RunAttempt): MessageCopy | null {
    if (!live || order.message.kind !== 'live' || !isRepeatable(order)) return null;
    const boundBytes = inputBound(order.definition, this.dependencies.defaults.keptInputBytes);
    if (boundBytes === 0 || liveBytes > boundBytes) return null;
    return new MessageCopy(live, controlDirectory(this.root.path, order.runId).message, boundBytes);
  }

  /** Null: it was known from the start of the run. */
  private endedInput({ row, order }: ActiveRun, copy: MessageCopy | null): InputColumns | Promise<InputColumns> | null {
    if (row.inputBytes !== null || !isRepeatable(order)) return null;
    const boundBytes = inputBound(order.definition, this.dependencies.defaults.keptInputBytes);
    return endedInput({ order, copy, runsRoot: this.root.path, boundBytes });
  }

  /** Removes the message and the files of a run that has ended and does not keep them. */
  private discardInput({ row, order: { message, uploads }, takeover }: RunAttempt, copy: MessageCopy | null): void {
    // an earlier server may have left the beginning of a copy
    const isCopied = copy !== null || (message.kind === 'live' && takeover !== null);
    if (row.inputBytes !== null || !(isCopied || message.kind === 'file' || uploads.length > 0)) return;
    this.store
      .discardSpooled(row.id)
      .catch((error) => this.logger.error(`spooled files of run ${row.id} could not be removed: ${error.message}`));
  }

  /** Ensures that each definition has one service, even among those that an earlier server has left. */
  private install(definitionId: number, run: ActiveRun): void {
    const other = this.services.get(definitionId);
    if (!other || other.stopRequested) this.services.set(definitionId, run);
    else run.stop({ error: `the service of definition ${definitionId} is already running as ${other.row.id}` });
  }

  private dispatch(run: ActiveRun, { row, order, admission, live, takeover }: RunAttempt, pauseMs: number): void {
    const message = order.message.kind === 'live' ? live : null;
    const { former, begun: after } = takeover ?? { former: null, begun: null };
    const { attempt, createdAtMs: acceptedAtMs } = row;
    const emit = takeover?.watch(run.onEvent) ?? run.onEvent;
    const check = this.late.concerns(order, admission.startsNow && !takeover) ? () => this.checkLate(run) : null;
    const task = { order, acceptedAtMs, message, former, attempt, pauseMs, after, check, emit };
    try {
      run.attach(this.dependencies.dispatcher.submit(task, admission));
    } catch (error) {
      admission.withdraw();
      return this.fail(run, error as Error);
    }
    const why = this.rights.fault(order.ownerId);
    if (why !== undefined && !former) run.stop({ error: why });
  }

  /** Throws spawn_error, after which nothing starts the run again. */
  private async checkLate(run: ActiveRun): Promise<void> {
    const why = await this.late.fault(run.order);
    if (why === null) return;
    run.stopRequested = true;
    throw new CodedError('spawn_error', why);
  }

  /** Ends a run, even when its definition allows another start. */
  private fail(run: ActiveRun, { message }: Error): void {
    run.stopRequested = true;
    const unheard = (error: Error) => this.logger.error(`end of run ${run.row.id} could not be recorded: ${error.message}`);
    void run
      .onEvent({ type: 'finished', result: neverStarted(`the run could not be handed to the dispatcher: ${message}`) })
      .catch(unheard);
  }

  /** Resolves to true once the record says that another attempt follows. */
  private async again(run: ActiveRun, attempt: RunAttempt, end: Ended): Promise<boolean> {
    const { row, order } = attempt;
    const { isClosing } = this.dependencies.dispatcher;
    const ended = {
      order,
      result: end.result,
      attempt: row.attempt,
      isUnwanted: run.stopRequested,
      bootedAtMs: this.bootedAtMs,
      isClosing,
    };
    const pauseMs = this.rights.fault(order.ownerId) === undefined ? end.restarts.next(ended) : null;
    if (pauseMs === null) return false;
    const error = isService(order.definition) ? await attemptError(end.result, () => this.dependencies.outputs.log(row.id)) : null;
    await run.beginAnew({ error, pauseMs });
    // the launcher must have released the former attempt, which has the same id
    const next = async () => {
      await this.store.discardLog(row.id).catch(() => {});
      const admission = this.dependencies.dispatcher.admit(order, 'queued');
      this.dispatch(run, { ...attempt, admission, takeover: null }, pauseMs);
    };
    void run.attemptOver.then(next, next).catch((error) => this.fail(run, error));
    return true;
  }
}

function neverStarted(error: string): RunResult {
  const nothing = { exitCode: null, signal: null, success: false, startedAtMs: null, output: null, usage: null, log: null };
  return { ...nothing, endReason: 'spawn_error', error, finishedAtMs: Date.now() };
}

interface Ended {
  restarts: RestartPolicy;
  result: RunResult;
}
