// A run that has not ended: its present record, its log, and the callers that wait for it.
import type { Readable } from 'node:stream';
import { CodedError } from '../model/coded-error.js';
import { isService } from '../model/definition.js';
import type { AttemptLog, LogSource } from '../model/log-source.js';
import { changesState, type RunEvent, type StateEvent } from '../model/run-event.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunResult } from '../model/run-result.js';
import type { ExecutingRun, Listening, RunInput, StopRequest } from '../model/run-task.js';
import { advance } from '../model/states.js';
import { untilLate } from '../model/until-late.js';
import { within } from '../model/within.js';
import type { InputColumns } from './kept-input.js';
import { changeOf, finalChange } from './record-changes.js';
import type { RecordWriter } from './record-writer.js';
import type { RunEntity } from './run.entity.js';
import type { RunChanges } from './run-changes.js';

/** How long a program that reports its port waits until the port is stored. */
const storingMs = 4000;

/** The properties of an accepted run. */
interface AcceptedRun {
  row: RunEntity;
  order: RunOrder;
}

/** What is asked before a run ends, and what hears of its changes. */
interface Ending {
  /** True: another attempt follows. */
  again: (result: RunResult) => Promise<boolean>;
  /** What the run keeps of its input; null: the record says so already. */
  input: () => InputColumns | Promise<InputColumns> | null;
  changes: RunChanges;
}

export class ActiveRun {
  readonly row: RunEntity;
  readonly order: RunOrder;
  /** Resolves when the end is safe: stored, or kept until it is stored. */
  readonly ended: Promise<void>;
  private resolveEnded: () => void;
  /** Resolves when it is known whether the program runs, or has run. */
  readonly settled: Promise<void>;
  private resolveSettled: () => void;
  /** True when a stop was requested. */
  stopRequested: boolean;
  /** The bytes of the log and the message that the database stores; null: the run has not ended, or its log is a file. */
  storedBytes: number | null = null;
  private executing: ExecutingRun | null = null;
  /** The attempt whose log is opened now. */
  private attempt = 0;
  private stopRequest: StopRequest | null = null;
  /** The callers that wait for a change; null: none, as for most runs. */
  private waiting: Set<() => void> | null = null;

  constructor(
    { row, order }: AcceptedRun,
    private readonly record: RecordWriter,
    private readonly ending: Ending,
  ) {
    this.row = row;
    this.order = order;
    this.stopRequested = row.state === 'stopping';
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.settled = new Promise((resolve) => {
      this.resolveSettled = resolve;
    });
    if (this.isService) row.ready = false;
  }

  get isService(): boolean {
    return isService(this.order.definition);
  }

  attach(executing: ExecutingRun): void {
    this.executing = executing;
    this.attempt = this.row.attempt;
    this.notifyChange();
    // the stop was requested between two attempts
    if (this.stopRequest) executing.stop(this.stopRequest);
  }

  /** Resolves when all processes of the present attempt have ended. */
  get attemptOver(): Promise<void> {
    return this.executing?.finished ?? Promise.resolve();
  }

  stop(request: StopRequest): void {
    this.stopRequested = true;
    this.stopRequest ??= request;
    this.executing?.stop(request);
  }

  /** Sends one message to a service, as ExecutingRun does. Also throws wrong_state while the service waits for its next start. */
  async send(message: Readable): Promise<Readable | null> {
    const { id, state, error } = this.row;
    const takes = this.isService && (state === 'starting' || state === 'running');
    if (takes && this.executing) return this.executing.send(message);
    const why = this.isService ? `the service ${id} is ${state}${error ? `: ${error}` : ''}` : `the run ${id} is not a service`;
    throw new CodedError('wrong_state', why);
  }

  /** Resolves at the next change of the state or the readiness, when the run has sent messages, or when `signal` is aborted. */
  changed(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.waiting?.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.waiting ??= new Set();
      this.waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  /** Resolves as `ended` does, or when `signal` is aborted; in that case no listener stays at the run, however often this is called. */
  async endedOr(signal: AbortSignal): Promise<void> {
    while (this.row.state !== 'finished' && !signal.aborted) await this.changed(signal);
  }

  /** Resolves as `ended` does, after `timeoutMs`, or when `signal` says so. */
  async endedWithin(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (timeoutMs === Number.POSITIVE_INFINITY) return signal ? this.endedOr(signal) : this.ended;
    await untilLate(timeoutMs, signal, (late) => this.endedOr(late));
  }

  /** Resolves when the run has ended and its end is stored. */
  get over(): Promise<void> {
    return this.ended.then(() => this.record.flush());
  }

  /** Resolves when the record in the database is equal to the one here. */
  stored(): Promise<void> {
    return this.record.flush();
  }

  /** Sends a signal; false when the program does not run. */
  signal(name: string): boolean {
    return this.executing?.signal(name) ?? false;
  }

  /** Null: the run is not interactive. */
  get input(): RunInput | null {
    return this.executing?.input ?? null;
  }

  /** Whether the program of the run itself listens on its port. */
  listener(): Listening {
    return this.executing && this.row.port ? this.executing.listener(this.row.port) : null;
  }

  /** Takes the port on which the program says that it listens; false when no port is awaited. */
  async registerPort(port: number): Promise<boolean> {
    if (this.row.port !== 0 || this.row.state === 'finished') return false;
    this.row.port = port;
    this.notifyChange();
    await within(storingMs, this.record.now({ port }));
    return true;
  }

  /** Resolves to the last record once the end is safe. */
  async finished(): Promise<RunEntity> {
    await this.ended;
    return this.row;
  }

  /** Opens the log, which its reader closes. */
  openLog(): LogSource {
    if (!this.executing) throw new Error(`the run ${this.row.id} was not submitted`);
    return this.executing.openLog();
  }

  /** The logs of the present attempt and of each one that follows, but not up to that of the attempt `former`; the reader closes each of them. */
  async *logs(signal: AbortSignal, former = 0): AsyncGenerator<AttemptLog> {
    for (let read = former; !signal.aborted; ) {
      if (this.attempt > read) {
        read = this.attempt;
        yield { log: this.openLog(), attempt: read, source: this.executing ?? undefined };
      } else if (this.row.state === 'finished') return;
      else await this.changed(signal);
    }
  }

  /** `starting` is stored before the run continues, because from then on the launcher may have the order. */
  readonly onEvent = async (event: RunEvent): Promise<void> => {
    this.resolveSettled();
    if (event.type === 'finished') return this.finish(event.result);
    if (event.type === 'ready') this.ending.changes.ready(this.row);
    if (changesState(event)) await this.advance(event);
    this.notifyChange();
  };

  private async advance(event: Exclude<StateEvent, { type: 'finished' }>): Promise<void> {
    const next = event.type === 'started' ? 'running' : event.type;
    if (this.row.state === 'finished' || this.row.state === next || this.row.state === 'stopping') return;
    const change = changeOf(event, advance(this.row.state, next));
    if (this.row.error !== null) change.error = null;
    Object.assign(this.row, change);
    this.ending.changes.advanced(this.row);
    if (event.type === 'starting') await this.record.now(change);
    else this.record.later(change);
  }

  /** Notes that another attempt follows; `error` says why while the run waits. Resolves when the record is stored. */
  async beginAnew({ error, pauseMs }: { error: string | null; pauseMs: number }): Promise<void> {
    const { row } = this;
    const change = { state: advance(row.state, 'queued'), attempt: row.attempt + 1, pid: null, startedAtMs: null, error };
    Object.assign(row, change, this.isService && { ready: false, nextStartAtMs: Date.now() + pauseMs });
    this.notifyChange();
    await this.record.now(change);
    this.ending.changes.begunAnew(row, this.isService);
  }

  private async finish(ended: RunResult): Promise<void> {
    let result = ended;
    try {
      if (mayFollow(result, this) && (await this.ending.again(result))) return;
    } catch (error) {
      const failed = `the run could not be started again: ${(error as Error).message}`;
      result = { ...result, error: result.error === null ? failed : `${result.error}; ${failed}` };
    }
    const change = finalChange(result, this.row);
    const input = this.ending.input();
    if (input) Object.assign(change, input instanceof Promise ? await input : input);
    this.storedBytes = result.log && result.log.length + (change.keptInput?.length ?? 0);
    advance(this.row.state, 'finished');
    const isSafe = await this.record.end({ ...change }, result.log);
    Object.assign(this.row, change);
    this.resolveEnded();
    this.notifyChange();
    this.ending.changes.ended(this.row, this.isService);
    // until the end is stored, the launcher keeps it
    if (!isSafe) await this.record.flush();
  }

  private notifyChange(): void {
    if (this.waiting) for (const done of [...this.waiting]) done();
  }
}

/** Whether another attempt may follow; for most runs the answer is no. */
function mayFollow(result: RunResult, { isService }: ActiveRun): boolean {
  return isService || result.endReason === 'lost';
}
