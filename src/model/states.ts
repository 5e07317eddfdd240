// The states of a run, the allowed transitions, and the reasons for which a run ends. A lost run that is tried again goes back to queued.

export const runStates = ['created', 'queued', 'starting', 'running', 'stopping', 'finished'] as const;
export type RunState = (typeof runStates)[number];

export const endReasons = [
  'exit',
  'signal',
  'timeout',
  'stop',
  'output_limit',
  'memory_limit',
  'cpu_limit',
  'file_size_limit',
  'input_error',
  'output_error',
  'spawn_error',
  'cancelled',
  'lost',
] as const;
export type EndReason = (typeof endReasons)[number];

export const allowedTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  created: ['queued', 'finished'],
  queued: ['starting', 'finished'],
  starting: ['running', 'queued', 'finished'],
  running: ['stopping', 'queued', 'finished'],
  stopping: ['queued', 'finished'],
  finished: [],
};

/** Returns the next state; throws a programming error when the transition is not in the table. */
export function advance(from: RunState, to: RunState): RunState {
  if (!allowedTransitions[from].includes(to)) throw new Error(`a run cannot go from ${from} to ${to}`);
  return to;
}
