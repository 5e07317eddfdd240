// The handle of one run while it is executed: how the run is stopped and read, and how its program gets input and is reached.
import { isService } from '../model/definition.js';
import { ResourceScope } from '../model/resource-scope.js';
import type { RunTask } from '../model/run-task.js';
import { ProgramPort } from './io/program-port.js';
import { DeferredLog } from './run/deferred-log.js';
import { FirstEndReason } from './run/end-reason.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { InteractiveInput } from './run/interactive-input.js';
import { Stopper } from './run/stopper.js';
import { ServiceInbox } from './service/service-inbox.js';

export interface RunHandle {
  task: RunTask;
  outcome: FirstEndReason;
  scope: ResourceScope;
  stopper: Stopper;
  log: DeferredLog;
  /** Null: the run is not a service. */
  inbox: ServiceInbox | null;
  /** Null: the run is not interactive. */
  typing: InteractiveInput | null;
  programPort: ProgramPort;
  settings: ExecutorSettings;
  turn: Promise<void> | null;
}

export function newRunHandle(task: RunTask, settings: ExecutorSettings, turn: Promise<void> | null): RunHandle {
  const { order, former } = task;
  const outcome = new FirstEndReason();
  return {
    task,
    outcome,
    scope: new ResourceScope(),
    stopper: new Stopper(outcome, former?.certain),
    log: new DeferredLog(former !== null),
    inbox: isService(order.definition) ? new ServiceInbox() : null,
    typing: order.interactive ? new InteractiveInput(order.interactive) : null,
    programPort: new ProgramPort(),
    settings,
    turn,
  };
}
