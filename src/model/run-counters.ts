// Counts the active runs by lane and state, and reports each end, for the metrics.
import { changesState, type RunEvent } from './run-event.js';
import type { RunResult } from './run-result.js';
import type { RunTask } from './run-task.js';
import type { EndReason, RunState } from './states.js';

export interface EndedRun {
  lane: string;
  endReason: EndReason;
  success: boolean;
  /** The time from the acceptance of the run to its start, or to its end when it never started. */
  queuedMs: number;
  /** Null when the run never started. */
  durationMs: number | null;
}

export interface RunCount {
  lane: string;
  state: RunState;
  count: number;
}

/** Definitions name their lanes freely; beyond this many names, the rest are counted together as `other`. */
const laneBound = 32;

export class RunCounters {
  private readonly lanes = new Map<string, Map<RunState, number>>();
  private readonly listeners: ((ended: EndedRun) => void)[] = [];

  onEnd(listener: (ended: EndedRun) => void): void {
    this.listeners.push(listener);
  }

  /** The present counts; a lane that was ever used stays, with zeros. */
  *counts(): Iterable<RunCount> {
    for (const [lane, states] of this.lanes) for (const [state, count] of states) yield { lane, state, count };
  }

  /** Counts queued runs that are not in memory. */
  countParked(lane: string, change: 1 | -1): void {
    this.add(this.boundedLane(lane), 'queued', change);
  }

  /** Returns the same task, queued from now on, whose events are counted on their way. */
  watch(task: RunTask): RunTask {
    const lane = this.boundedLane(task.order.definition.lane ?? 'io');
    const { acceptedAtMs } = task;
    let state: RunState = 'queued';
    this.add(lane, state, 1);
    const hear = (event: RunEvent) => {
      if (state === 'finished' || !changesState(event)) return;
      this.add(lane, state, -1);
      state = event.type === 'started' ? 'running' : event.type;
      if (event.type !== 'finished') this.add(lane, state, 1);
      else this.tell(endOf(event.result, { lane, acceptedAtMs }));
    };
    return {
      order: task.order,
      acceptedAtMs,
      message: task.message,
      former: task.former,
      attempt: task.attempt,
      pauseMs: task.pauseMs,
      after: task.after,
      check: task.check,
      emit: (event) => {
        hear(event);
        return task.emit(event);
      },
    };
  }

  private tell(ended: EndedRun): void {
    for (const listener of this.listeners) listener(ended);
  }

  private add(lane: string, state: RunState, change: number): void {
    const states = this.lanes.get(lane) ?? new Map<RunState, number>();
    this.lanes.set(lane, states.set(state, (states.get(state) ?? 0) + change));
  }

  private boundedLane(lane: string): string {
    return this.lanes.has(lane) || this.lanes.size < laneBound ? lane : 'other';
  }
}

function endOf({ endReason, success, startedAtMs, finishedAtMs }: RunResult, run: { lane: string; acceptedAtMs: number }): EndedRun {
  return {
    lane: run.lane,
    endReason,
    success,
    queuedMs: Math.max(0, (startedAtMs ?? finishedAtMs) - run.acceptedAtMs),
    durationMs: startedAtMs === null ? null : Math.max(0, finishedAtMs - startedAtMs),
  };
}
