// Who runs an order and when: the contract between the record of a run and whoever executes it.

import type { ProcessDefinition } from '../protocol/definition.js';
import type { RunOrder } from '../protocol/run-order.js';
import type { RunPlan } from '../protocol/run-plan.js';
import type { ExecutingRun, RunTask } from '../protocol/run-task.js';

export abstract class Dispatcher {
  /** Throws when no executor here could run this definition. */
  abstract check(definition: ProcessDefinition): void;

  /** Takes the order; its events come to `task.emit`. */
  abstract submit(task: RunTask): ExecutingRun;

  abstract explain(order: RunOrder): RunPlan;

  /** Stops what runs and resolves when nothing runs any more. */
  abstract close(reason: string): Promise<void>;
}
