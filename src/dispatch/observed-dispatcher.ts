// A dispatcher whose runs are observed: every order passes the counters and the log on its way to the dispatcher that runs it.
import type { RunFiles } from '../model/run-files.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';
import { type Admission, type Closing, Dispatcher, type InheritedRun, type PreviousProgress, type QueuePlace } from './dispatcher.js';

/** Returns the same task, of whose events it hears on their way. */
export interface RunObserver {
  watch(task: RunTask): RunTask;
}

export class ObservedDispatcher extends Dispatcher {
  constructor(
    private readonly inner: Dispatcher,
    private readonly observers: RunObserver[],
  ) {
    super();
  }

  submit(task: RunTask, admission: Admission): ExecutingRun {
    const observed = this.observers.reduce((one, observer) => observer.watch(one), task);
    return this.inner.submit(observed, admission);
  }

  admit(order: RunOrder, former?: PreviousProgress): Admission {
    return this.inner.admit(order, former);
  }

  enqueue(place: QueuePlace): Admission {
    return this.inner.enqueue(place);
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
