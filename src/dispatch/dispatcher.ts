// Who runs an order and when: the contract between the record of a run and whoever executes it.
import type { RunFiles } from '../model/run-files.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';

/** A run's place: it starts at once, or waits. Whoever has one submits the run or gives the place back. */
export interface Admission {
  readonly startsNow: boolean;
  /** The launcher that would start it now, as it names itself. */
  readonly launcher: string;
  withdraw(): void;
}

/** What of a run an earlier server had done: accepted it, or begun with it. */
export type PreviousProgress = 'queued' | 'begun';

/** What the record of a run says of its program. */
export interface InheritedRun {
  runId: string;
  pid: number | null;
  startedAtMs: number | null;
}

/** `leave`: what runs goes on where that is possible; `wait`: until it has ended (services are stopped); `stop`: it is stopped. */
export interface Closing {
  how: 'leave' | 'wait' | 'stop';
  reason: string;
}

export abstract class Dispatcher {
  /** Throws when nothing here could run this order, or nothing more may wait. `former`: it was accepted before. */
  abstract admit(order: RunOrder, former?: PreviousProgress): Admission;

  /** Takes the order; its events come to `task.emit`. */
  abstract submit(task: RunTask, admission: Admission): ExecutingRun;

  abstract explain(order: RunOrder): RunPlan;

  /** The files of the runs that this one executes. */
  abstract readonly files: RunFiles;

  /** From the call of `close` on: what is stopped now was stopped for that. */
  abstract readonly isClosing: boolean;

  /** Ends what may be left running of a run that nobody goes on with, and forgets it: its record has an end already. */
  abstract abandon(run: InheritedRun): Promise<void>;

  /** Removes the files that a run left with its executor. */
  abstract discard(runId: string): Promise<void>;

  /** Starts nothing more, and resolves when what runs has been left, has ended, or was stopped. */
  abstract close(closing: Closing): Promise<void>;
}
