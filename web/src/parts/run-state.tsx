// The state of a run: told by colour, sign and word together.
import type { Schemas } from '../api/client.js';

export type RunState = 'created' | 'queued' | 'starting' | 'running' | 'stopping' | 'succeeded' | 'failed' | 'stopped' | 'lost';

const stateSigns: Record<RunState, string> = {
  created: '○',
  queued: '○',
  starting: '◌',
  running: '●',
  stopping: '◑',
  succeeded: '✓',
  failed: '✕',
  stopped: '■',
  lost: '?',
};

/** Of a run as the API, or an event, describes it. */
export function stateOf({ state, success, end_reason }: Pick<Schemas['RunBody'], 'state' | 'success' | 'end_reason'>): RunState {
  if (state !== 'finished') return state;
  if (end_reason === 'lost') return 'lost';
  if (success) return 'succeeded';
  return end_reason === 'stop' || end_reason === 'cancelled' ? 'stopped' : 'failed';
}

export function StateBadge({ state }: { state: RunState }) {
  return (
    <span class="state" data-state={state}>
      <span class="state-sign" aria-hidden="true">
        {stateSigns[state]}
      </span>
      {state}
    </span>
  );
}

/** The sign alone, where the word is next to it or the place is narrow. */
export function StateSign({ state }: { state: RunState }) {
  return (
    <span class="state-sign" data-state={state} role="img" aria-label={state} title={state}>
      {stateSigns[state]}
    </span>
  );
}
