// The runs as metrics: how many are active, how runs ended, how long they waited and ran.
import { Counter, Gauge, type Registry } from 'prom-client';
import { TimeHistogram, type TimeSeries } from '../../http/time-histogram.js';
import type { EndedRun, RunCounters } from '../../model/run-counters.js';
import { endReasons } from '../../model/states.js';

const waiting = {
  name: 'procreg_run_queue_seconds',
  help: 'How long a run waited for its start.',
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 3600],
};
const running = {
  name: 'procreg_run_duration_seconds',
  help: 'How long a run took from its start to its end.',
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 86400],
};

export function measureRuns(counters: RunCounters, registry: Registry): void {
  const registers = [registry];
  const ended = new Counter({ name: 'procreg_runs_ended_total', help: 'Runs that ended.', labelNames: ['end_reason'], registers });
  for (const end_reason of endReasons) ended.inc({ end_reason }, 0);
  counters.onEnd(({ endReason }) => ended.inc({ end_reason: endReason }));
  counters.onEnd(measureTimes(registry));
  new Gauge({
    name: 'procreg_runs',
    help: 'Runs that are active now.',
    labelNames: ['lane', 'state'],
    registers,
    collect() {
      for (const { lane, state, count } of counters.counts()) this.set({ lane, state }, count);
    },
  });
}

function measureTimes(registry: Registry): (ended: EndedRun) => void {
  const waits = new TimeHistogram(waiting, registry);
  const durations = new TimeHistogram(running, registry);
  const lanes = new Map<string, { waited: TimeSeries; took: TimeSeries }>();
  return ({ lane, queuedMs, durationMs }) => {
    const { waited, took } = lanes.get(lane) ?? { waited: waits.series({ lane }), took: durations.series({ lane }) };
    lanes.set(lane, { waited, took });
    waited.observe(queuedMs / 1000);
    if (durationMs !== null) took.observe(durationMs / 1000);
  };
}
