// The active and waiting runs of each lane, and its limit.
import type { Lanes } from '../dispatch/lanes.js';
import { Events } from '../events/events.js';
import { CodedError } from '../model/coded-error.js';
import type { RunCounters } from '../model/run-counters.js';

export interface LaneReport {
  name: string;
  /** 0: no limit. */
  limit: number;
  running: number;
  queued: number;
  /** How many runs succeeded, and how many failed, since the server started. */
  done: number;
  failed: number;
}

export class LaneStats {
  private readonly ended = new Map<string, { done: number; failed: number }>();

  constructor(
    private readonly lanes: Lanes,
    counters: RunCounters,
    private readonly events: Events,
  ) {
    counters.onEnd(({ lane, success }) => {
      const { done, failed } = this.endedIn(lane);
      this.ended.set(lane, success ? { done: done + 1, failed } : { done, failed: failed + 1 });
    });
  }

  reports(): LaneReport[] {
    return this.lanes.states.map((state) => ({ ...state, ...this.endedIn(state.name) }));
  }

  /** Sets a limit that holds until the server ends; active runs continue. Throws not_found. */
  limit(name: string, limit: number): LaneReport {
    if (!this.lanes.limit(name, limit)) {
      throw new CodedError('not_found', `unknown lane '${name}'; allowed: ${this.lanes.states.map((lane) => lane.name).join(', ')}`);
    }
    this.events.publish(() => ({ type: 'lane.changed', subject: name, data: { name, limit }, seenBy: {} }));
    return this.reports().find((report) => report.name === name)!;
  }

  private endedIn(lane: string): { done: number; failed: number } {
    return this.ended.get(lane) ?? { done: 0, failed: 0 };
  }
}
