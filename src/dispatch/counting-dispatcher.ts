// A dispatcher whose runs are counted: every order passes the counters on its way to the one that runs it.
import type { RunCounters } from '../model/run-counters.js';
import type { RunFiles } from '../model/run-files.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';
import { type Admission, type Closing, Dispatcher, type InheritedRun, type PreviousProgress } from './dispatcher.js';

export class CountingDispatcher extends Dispatcher {
  constructor(
    private readonly inner: Dispatcher,
    private readonly counters: RunCounters,
  ) {
    super();
  }

  submit(task: RunTask, admission: Admission): ExecutingRun {
    return this.inner.submit(this.counters.watch(task), admission);
  }

  admit(order: RunOrder, former?: PreviousProgress): Admission {
    return this.inner.admit(order, former);
  }

  explain(order: RunOrder): RunPlan {
    return this.inner.explain(order);
  }

  get files(): RunFiles {
    return this.inner.files;
  }

  get isClosing(): boolean {
    return this.inner.isClosing;
  }

  abandon(run: InheritedRun): Promise<void> {
    return this.inner.abandon(run);
  }

  discard(runId: string): Promise<void> {
    return this.inner.discard(runId);
  }

  close(closing: Closing): Promise<void> {
    return this.inner.close(closing);
  }
}
