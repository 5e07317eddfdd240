// The contract between the record of a run and its executor: who runs an order, and when.
import type { RunFiles } from '../model/run-files.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';

/** The place of a run, which starts at once or waits. The holder of a place submits the run or gives the place back. */
export interface Admission {
  readonly startsNow: boolean;
  /** The name of the launcher that would start the run now. */
  readonly launcher: string;
  /** `listener` is called when the run may start; at once when it may already. */
  onEntered(listener: () => void): void;
  withdraw(): void;
}

/** What decides when a queued run of an earlier server starts. `maxParallel`: that of its definition, 0 without a limit. */
export interface QueuePlace {
  ownerId: number;
  lane: string;
  priority: number;
  definitionId: number | null;
  maxParallel: number;
}

/** What an earlier server had done with a run: accepted it, or begun with it. */
export type PreviousProgress = 'queued' | 'begun';

/** What the record of a run says about its program. */
export interface InheritedRun {
  runId: string;
  pid: number | null;
  startedAtMs: number | null;
}

/** `leave`: active runs continue where that is possible; `wait`: their ends are awaited (services are stopped); `stop`: they are stopped. */
export interface Closing {
  how: 'leave' | 'wait' | 'stop';
  reason: string;
}

export abstract class Dispatcher {
  /** Throws when no executor here could run this order, or when no more runs may wait. `former`: the run was accepted before. */
  abstract admit(order: RunOrder, former?: PreviousProgress): Admission;

  /** The place of a run that an earlier server has accepted and that has not started; its order may be read later. */
  abstract enqueue(place: QueuePlace): Admission;

  /** Takes the order; its events come to `task.emit`. */
  abstract submit(task: RunTask, admission: Admission): ExecutingRun;

  abstract explain(order: RunOrder): RunPlan;

  /** The files of the runs that this dispatcher executes. */
  abstract readonly files: RunFiles;

  /** True from the call of `close` on: a run that is stopped now was stopped for that reason. */
  abstract readonly isClosing: boolean;

  /** Ends the remaining processes of a run that is not continued, and forgets the run: its record already has an end. */
  abstract abandon(run: InheritedRun): Promise<void>;

  /** Removes the files that a run left with its executor. */
  abstract discard(runId: string): Promise<void>;

  /** Starts no more runs, and resolves when the active ones have been left, have ended, or were stopped. */
  abstract close(closing: Closing): Promise<void>;
}
