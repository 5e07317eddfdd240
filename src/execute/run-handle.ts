// What one run has of its own while it is executed: how it is stopped, read, spoken with and reached.
import { isService } from '../model/definition.js';
import { ResourceScope } from '../model/resource-scope.js';
import type { RunTask } from '../model/run-task.js';
import { Doorway } from './io/program-port.js';
import { LateLog } from './run/deferred-log.js';
import { Outcome } from './run/end-reason.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { Keyboard } from './run/interactive-input.js';
import { Stopper } from './run/stopper.js';
import { Inlet } from './service/service-inbox.js';

export interface RunContext {
  task: RunTask;
  outcome: Outcome;
  scope: ResourceScope;
  stopper: Stopper;
  log: LateLog;
  /** Null: it is no service. */
  inlet: Inlet | null;
  /** Null: it is not typed to. */
  keyboard: Keyboard | null;
  doorway: Doorway;
  settings: ExecutorSettings;
  turn: Promise<void> | null;
}

export function contextOf(task: RunTask, settings: ExecutorSettings, turn: Promise<void> | null): RunContext {
  const { order, former } = task;
  const outcome = new Outcome();
  return {
    task,
    outcome,
    scope: new ResourceScope(),
    stopper: new Stopper(outcome, former?.certain),
    log: new LateLog(),
    inlet: isService(order.definition) ? new Inlet() : null,
    keyboard: order.interactive ? new Keyboard(order.interactive) : null,
    doorway: new Doorway(),
    settings,
    turn,
  };
}
