// The dispatcher inside the process of the server: lanes decide when an order starts.
import { Logger } from '@nestjs/common';
import { adaptersOf } from '../execute/adapters/adapters-of.js';
import { explain } from '../execute/explain.js';
import { ExecutorFiles } from '../execute/files/executor-files.js';
import { stopTerms } from '../execute/prepare-launch.js';
import type { ExecutorSettings } from '../execute/run/executor-settings.js';
import { runProcess } from '../execute/run-process.js';
import { chooseInput, chooseOutput, isNone } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { CompactingMap } from '../model/compacting-map.js';
import { isService, namedSecrets, type ProcessDefinition } from '../model/definition.js';
import type { RunFiles } from '../model/run-files.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';
import { type Admission, type Closing, Dispatcher, type InheritedRun, type PreviousProgress, type QueuePlace } from './dispatcher.js';
import type { LaneSlot, Place } from './lane-slot.js';
import { type Lanes, serviceLane } from './lanes.js';

/** How long a stopped run may take beyond its own grace; then the server continues its shutdown without waiting. */
const closingMs = 3000;

/** The one application that every server has. */
const hostApplication = 'host';

export class EmbeddedDispatcher extends Dispatcher {
  readonly files: RunFiles;
  isClosing = false;
  private readonly executing = new CompactingMap<{ run: ExecutingRun; slot: LaneSlot; graceMs: number }>();
  private readonly logger = new Logger('launcher');
  private submitted = 0;
  private readonly means: AdmissionMeans;

  constructor(
    private readonly settings: ExecutorSettings,
    private readonly lanes: Lanes,
  ) {
    super();
    this.means = { lanes, launcher: settings.launcher };
    this.files = new ExecutorFiles(settings);
    settings.launcher.onFault = (fault) => this.hearFault(fault);
  }

  admit(order: RunOrder, former?: PreviousProgress): EmbeddedAdmission {
    if (former) return new EmbeddedAdmission(this.lanes.reacquire(lanePlace(order), former === 'begun'), this.means);
    this.checkLauncher();
    this.checkRunnable(order.definition);
    if (order.interactive?.terminal && this.settings.launcher.name !== 'native')
      throw new CodedError(
        'terminal_unavailable',
        'a terminal needs the native launcher, but this server starts programs by child_process',
      );
    return new EmbeddedAdmission(this.lanes.acquire(lanePlace(order)), this.means);
  }

  enqueue({ ownerId, lane, priority, definitionId, maxParallel }: QueuePlace): EmbeddedAdmission {
    const group = maxParallel > 0 && definitionId !== null ? String(definitionId) : null;
    const place = { user: ownerId, lane, priority, group, groupLimit: maxParallel };
    return new EmbeddedAdmission(this.lanes.reacquire(place, false), this.means);
  }

  submit(task: RunTask, { slot }: EmbeddedAdmission): ExecutingRun {
    const run = runProcess(task, this.settings, mayStart(task, slot));
    const key = String(this.submitted++);
    this.executing.set(key, { run, slot, graceMs: stopTerms(task.order.definition, this.settings).graceMs });
    const forget = () => {
      this.executing.delete(key);
      this.lanes.release(slot);
    };
    run.finished.then(forget, forget);
    return run;
  }

  explain(order: RunOrder): RunPlan {
    this.checkRunnable(order.definition);
    return explain(order, this.settings);
  }

  async abandon(left: InheritedRun): Promise<void> {
    const program = await this.settings.launcher.find({ ...left, timeoutMs: 0, stopSignal: 'SIGKILL', graceMs: 0 });
    if (!program) return;
    program.stop({ signal: 'SIGKILL', graceMs: 0 });
    await Promise.race([program.ended, pause(closingMs)]);
    program.release();
  }

  discard(runId: string): Promise<void> {
    return this.settings.workDirectories.discard(runId);
  }

  /** Waiting runs stay queued in their records. Programs of child_process would be lost with this process, so they are stopped. */
  async close({ how, reason }: Closing): Promise<void> {
    this.isClosing = true;
    this.lanes.pause('closing');
    const entered = this.executing.values().filter(({ slot }) => slot.state === 'entered');
    const running = entered.map(({ run }) => run);
    const leave = how === 'leave' && this.settings.launcher.name === 'native';
    // a service does not end by itself, so it is stopped
    const doomed = how === 'wait' ? entered.filter(({ slot }) => slot.place.lane === serviceLane) : leave ? [] : entered;
    for (const { run } of doomed) run.stop({ error: reason });
    const ended = Promise.allSettled(running.map(({ finished }) => finished));
    const graceMs = Math.max(0, ...doomed.map((one) => one.graceMs));
    if (how === 'wait') await ended;
    else if (!leave) await endedWithin(ended, graceMs + closingMs);
    this.settings.launcher.close();
  }

  /** Waiting runs keep waiting until programs can be started again. */
  private hearFault(fault: string | null): void {
    if (fault) this.lanes.pause('launcher');
    else this.lanes.resume('launcher');
    if (fault) this.logger.error(`no program can be started: ${fault}`);
    else this.logger.log('programs can be started again');
  }

  private checkRunnable(definition: ProcessDefinition): void {
    checkRunnable(definition);
    if (definition.run_as !== undefined) this.settings.runAsUsers.find(definition.run_as);
  }

  private checkLauncher(): void {
    const { fault } = this.settings.launcher;
    if (fault) throw new CodedError('launcher_unavailable', `no program can be started: ${fault}`, { retryAfterSeconds: 5 });
  }
}

/** What all admissions share, so that each of many takes few bytes. */
interface AdmissionMeans {
  lanes: Lanes;
  launcher: ExecutorSettings['launcher'];
}

class EmbeddedAdmission implements Admission {
  readonly startsNow: boolean;

  constructor(
    readonly slot: LaneSlot,
    private readonly means: AdmissionMeans,
  ) {
    this.startsNow = slot.state === 'entered';
  }

  get launcher(): string {
    return this.means.launcher.instance;
  }

  onEntered(listener: () => void): void {
    this.slot.onEntered(listener);
  }

  withdraw(): void {
    this.means.lanes.release(this.slot);
  }
}

/** A service would hold a place in a lane permanently, so it takes none. */
function lanePlace({ ownerId: user, definition, trial, definitionId, lane, priority }: RunOrder): Place {
  if (isService(definition)) return { user, lane: serviceLane, priority, group: null, groupLimit: 0 };
  const { max_parallel } = definition;
  const id = trial ? trial.replaces : definitionId;
  const group = max_parallel && id !== null ? String(id) : null;
  return { user, lane, priority, group, groupLimit: max_parallel ?? 0 };
}

function checkRunnable(definition: ProcessDefinition): void {
  const { application = hostApplication } = definition;
  if (application !== hostApplication) {
    throw new CodedError('unknown_application', `unknown application '${application}'; allowed: ${hostApplication}`, {
      known: [hostApplication],
    });
  }
  const [secret] = namedSecrets(definition);
  if (secret !== undefined)
    throw new CodedError('unknown_secret', `the environment names the secret '${secret}', which this server does not have`);
  const chosen = { input: chooseInput(definition), output: chooseOutput(definition) };
  const { input, output } = adaptersOf(chosen);
  if (!isService(definition)) return;
  const takes = input.open !== undefined || isNone(chosen.input);
  const gives = output.frames !== undefined || isNone(chosen.output);
  if (takes && gives) return;
  const [side, { kind }] = takes ? (['output', chosen.output] as const) : (['input', chosen.input] as const);
  throw new CodedError(
    'adapter_unavailable',
    `a service cannot use the ${side} adapter '${kind}', which does not transfer messages while the program runs`,
  );
}

/** Waits for `ended` at most this long; the time is capped because timers overflow after 24 days. */
function endedWithin(ended: Promise<unknown>, ms: number): Promise<unknown> {
  return Promise.race([ended, new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2 ** 31 - 1)).unref())]);
}

/** Resolves when the run may start; null: at once. */
function mayStart({ pauseMs, after }: RunTask, slot: LaneSlot): Promise<void> | null {
  if (pauseMs === 0 && !after) return slot.state === 'entered' ? null : slot.entered;
  return Promise.all([slot.entered, after, pauseMs > 0 && pause(pauseMs)]).then(() => {});
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
