// The last runs of a definition as small bars: as high as they took long, a cross for each that went wrong.
import { counted, duration, relative } from '../../parts/format.js';
import { type RunState, stateOf } from '../../parts/run-state.js';
import type { RecentRun } from './recent-runs.js';

const places = 20;
const step = 5;
const height = 16;
const lowest = 3;

export function Sparkline({ runs }: { runs: RecentRun[] }) {
  const now = Date.now();
  const bars = runs
    .map((run) => ({ id: run.id, state: stateOf(run as Parameters<typeof stateOf>[0]), ms: tookMs(run, now), run }))
    .reverse();
  const longest = Math.max(1, ...bars.map(({ ms }) => ms ?? 0));
  const first = places - bars.length;
  return (
    <svg class="sparkline" width={places * step} height={height} role="img" aria-label={summary(bars.map(({ state }) => state))}>
      {bars.map(({ id, state, ms, run }, at) => (
        <g key={id} data-state={state}>
          <title>
            {[state, ms !== null && duration(ms), run.finished_at && relative(Date.parse(run.finished_at), now)]
              .filter(Boolean)
              .join(' · ')}
          </title>
          <Bar x={(first + at) * step} state={state} share={(ms ?? 0) / longest} />
        </g>
      ))}
    </svg>
  );
}

function Bar({ x, state, share }: { x: number; state: RunState; share: number }) {
  const high = Math.max(lowest, Math.round(share * height));
  if (state === 'failed' || state === 'lost') return <path d={`M${x + 0.5} ${height - 5}l4 4m0-4l-4 4`} />;
  return <rect x={x} y={height - high} width={step - 1} height={high} />;
}

/** Null: it has not begun. */
function tookMs({ started_at, finished_at }: RecentRun, now: number): number | null {
  if (started_at === null) return null;
  return Math.max(0, (finished_at === null ? now : Date.parse(finished_at)) - Date.parse(started_at));
}

/** Last 20 runs: 18 succeeded, 2 failed. */
function summary(states: RunState[]): string {
  if (states.length === 0) return 'no runs';
  const counts = Map.groupBy(states, (state) => state);
  return `Last ${counted(states.length, 'run')}: ${[...counts].map(([state, all]) => `${all.length} ${state}`).join(', ')}`;
}
