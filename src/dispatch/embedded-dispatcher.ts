// The dispatcher inside the server's own process: an order starts as soon as it is submitted.

import { adaptersOf } from '../execute/adapters-of.js';
import type { ExecutorSettings } from '../execute/executor-settings.js';
import { explain } from '../execute/explain.js';
import { runProcess } from '../execute/run-process.js';
import { chooseInput, chooseOutput } from '../protocol/adapter-choice.js';
import { CodedError } from '../protocol/coded-error.js';
import type { ProcessDefinition } from '../protocol/definition.js';
import type { RunOrder } from '../protocol/run-order.js';
import type { RunPlan } from '../protocol/run-plan.js';
import type { ExecutingRun, RunTask } from '../protocol/run-task.js';
import { Dispatcher } from './dispatcher.js';

/** What a stopped run may take beyond its grace; then the server goes on ending without it. */
const closingMs = 3000;

/** The one application that every server has. */
const hostApplication = 'host';

export class EmbeddedDispatcher extends Dispatcher {
  private readonly executing = new Set<ExecutingRun>();

  constructor(private readonly settings: ExecutorSettings) {
    super();
  }

  check(definition: ProcessDefinition): void {
    const { application = hostApplication, process_type } = definition;
    if (application !== hostApplication) {
      throw new CodedError('unknown_application', `there is no application '${application}'; known are ${hostApplication}`, {
        known: [hostApplication],
      });
    }
    if (process_type === 'service') throw new CodedError('adapter_unavailable', 'this server stores services, but cannot run them');
    adaptersOf({ input: chooseInput(definition), output: chooseOutput(definition) });
  }

  submit(task: RunTask): ExecutingRun {
    const run = runProcess(task, this.settings);
    this.executing.add(run);
    const forget = () => this.executing.delete(run);
    run.finished.then(forget, forget);
    return run;
  }

  explain(order: RunOrder): RunPlan {
    this.check(order.definition);
    return explain(order, this.settings);
  }

  async close(reason: string): Promise<void> {
    for (const run of this.executing) run.stop({ error: reason });
    const ended = Promise.allSettled([...this.executing].map(({ finished }) => finished));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, this.settings.graceMs + closingMs).unref())]);
  }
}
