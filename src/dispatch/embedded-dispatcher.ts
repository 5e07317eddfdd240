// The dispatcher inside the server's own process: lanes decide when an order starts.
import { Logger } from '@nestjs/common';
import { adaptersOf } from '../execute/adapters-of.js';
import type { ExecutorSettings } from '../execute/executor-settings.js';
import { explain } from '../execute/explain.js';
import { ExecutorFiles } from '../execute/files/executor-files.js';
import { runProcess } from '../execute/run-process.js';
import { chooseInput, chooseOutput } from '../protocol/adapter-choice.js';
import { CodedError } from '../protocol/coded-error.js';
import { isService, type ProcessDefinition } from '../protocol/definition.js';
import { LiveTable } from '../protocol/live-table.js';
import type { RunFiles } from '../protocol/run-files.js';
import type { RunOrder } from '../protocol/run-order.js';
import type { RunPlan } from '../protocol/run-plan.js';
import type { ExecutingRun, RunTask } from '../protocol/run-task.js';
import { type Admission, type Closing, Dispatcher, type FormerProgress } from './dispatcher.js';
import { type Lanes, type Place, serviceLane, type Turn } from './lanes.js';

/** What a stopped run may take beyond its grace; then the server goes on ending without it. */
const closingMs = 3000;

/** The one application that every server has. */
const hostApplication = 'host';

export class EmbeddedDispatcher extends Dispatcher {
  readonly files: RunFiles;
  isClosing = false;
  private readonly executing = new LiveTable<{ run: ExecutingRun; turn: Turn }>();
  private readonly logger = new Logger('launcher');
  private submitted = 0;

  constructor(
    private readonly settings: ExecutorSettings,
    private readonly lanes: Lanes,
  ) {
    super();
    this.files = new ExecutorFiles(settings);
    settings.launcher.onFault = (fault) => this.hearFault(fault);
  }

  admit(order: RunOrder, former?: FormerProgress): EmbeddedAdmission {
    if (former) return new EmbeddedAdmission(this.lanes.readmit(placeOf(order), former === 'begun'), this.lanes, this.launcher);
    this.checkLauncher();
    checkRunnable(order.definition);
    if (order.interactive?.terminal && this.settings.launcher.name !== 'native')
      throw new CodedError(
        'terminal_unavailable',
        'a terminal needs the native launcher, and this server starts programs by child_process',
      );
    return new EmbeddedAdmission(this.lanes.take(placeOf(order)), this.lanes, this.launcher);
  }

  submit(task: RunTask, { turn }: EmbeddedAdmission): ExecutingRun {
    const mayStart = task.pauseMs > 0 ? Promise.all([turn.entered, pause(task.pauseMs)]).then(() => {}) : turn.entered;
    const run = runProcess(task, this.settings, turn.state === 'entered' && task.pauseMs === 0 ? null : mayStart);
    const key = String(this.submitted++);
    this.executing.set(key, { run, turn });
    const forget = () => {
      this.executing.delete(key);
      this.lanes.leave(turn);
    };
    run.finished.then(forget, forget);
    return run;
  }

  explain(order: RunOrder): RunPlan {
    checkRunnable(order.definition);
    return explain(order, this.settings);
  }

  discard(runId: string): Promise<void> {
    return this.settings.workDirectories.discard(runId);
  }

  /** What waits stays queued in its record. Programs of child_process would be lost with this process: they are stopped. */
  async close({ how, reason }: Closing): Promise<void> {
    this.isClosing = true;
    this.lanes.pause('closing');
    const entered = this.executing.values().filter(({ turn }) => turn.state === 'entered');
    const running = entered.map(({ run }) => run);
    const leave = how === 'leave' && this.settings.launcher.name === 'native';
    // nobody lives to see the end of a service
    const doomed = how === 'wait' ? entered.filter(({ turn }) => turn.place.lane === serviceLane) : leave ? [] : entered;
    for (const { run } of doomed) run.stop({ error: reason });
    const ended = Promise.allSettled(running.map(({ finished }) => finished));
    const late = new Promise((resolve) => how !== 'wait' && setTimeout(resolve, this.settings.graceMs + closingMs).unref());
    if (!leave) await Promise.race([ended, late]);
    this.settings.launcher.close();
  }

  /** What waits for its turn goes on waiting until programs can be started again. */
  private hearFault(fault: string | null): void {
    if (fault) this.lanes.pause('launcher');
    else this.lanes.resume('launcher');
    if (fault) this.logger.error(`no program can be started: ${fault}`);
    else this.logger.log('programs can be started again');
  }

  private checkLauncher(): void {
    const { fault } = this.settings.launcher;
    if (fault) throw new CodedError('launcher_unavailable', `no program can be started: ${fault}`, { retryAfterSeconds: 5 });
  }

  private get launcher(): string {
    return this.settings.launcher.instance;
  }
}

class EmbeddedAdmission implements Admission {
  readonly startsNow: boolean;

  constructor(
    readonly turn: Turn,
    private readonly lanes: Lanes,
    readonly launcher: string,
  ) {
    this.startsNow = turn.state === 'entered';
  }

  withdraw(): void {
    this.lanes.leave(this.turn);
  }
}

/** A service that stays up would hold a place in a lane for good: it takes none. */
function placeOf({ definition, definitionId, lane, priority }: RunOrder): Place {
  if (isService(definition)) return { lane: serviceLane, priority, group: null, groupLimit: 0 };
  const { max_parallel } = definition;
  const group = max_parallel && definitionId !== null ? String(definitionId) : null;
  return { lane, priority, group, groupLimit: max_parallel ?? 0 };
}

function checkRunnable(definition: ProcessDefinition): void {
  const { application = hostApplication } = definition;
  if (application !== hostApplication) {
    throw new CodedError('unknown_application', `there is no application '${application}'; known are ${hostApplication}`, {
      known: [hostApplication],
    });
  }
  const chosen = { input: chooseInput(definition), output: chooseOutput(definition) };
  const { input, output } = adaptersOf(chosen);
  if (!isService(definition)) return;
  const takes = input.open !== undefined || chosen.input.kind === 'none';
  const gives = output.frames !== undefined || chosen.output.kind === 'none';
  if (takes && gives) return;
  const [side, { kind }] = takes ? (['output', chosen.output] as const) : (['input', chosen.input] as const);
  throw new CodedError(
    'adapter_unavailable',
    `a service cannot use the ${side} adapter '${kind}': it takes and gives messages while it runs`,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
