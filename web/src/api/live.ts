// What changes on the server, as it changes, and the logs of runs: for this tab.
import { basePath } from './base.js';
import { LiveHub } from './live-hub.js';
import type { LiveEvent, LiveMessage, LiveState, TabWishes } from './live-messages.js';
import { onSession, sessionKey } from './session.js';

export type { LiveEvent, LiveState } from './live-messages.js';

/** A reader of the log of one run. */
export interface LogListener {
  /** `run.stdout`, `run.stderr`, `run.log.ended`, in their order. */
  events(events: LiveEvent[]): void;
  /** The log comes once more from its beginning; what was read of it is to be left out. */
  again(): void;
  refused(): void;
}

const eventListeners = new Set<(events: LiveEvent[]) => void>();
const stateListeners = new Set<(state: LiveState) => void>();
const logs = new Map<string, LogListener>();
let state: LiveState = 'connecting';
let waitingFor = 0;

/** Calls `listener` with what changes from now on; an `events.opened` or `events.lost` says that lists should be read anew. */
export function onEvents(listener: (events: LiveEvent[]) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

/** Calls `listener` at once, and with each change. */
export function onLiveState(listener: (state: LiveState) => void): () => void {
  stateListeners.add(listener);
  listener(state);
  return () => stateListeners.delete(listener);
}

/** Follows the log of a run from its beginning; one reader for a run. */
export function followLog(run: string, listener: LogListener): () => void {
  logs.set(run, listener);
  sayWishes();
  return () => {
    if (logs.get(run) !== listener) return;
    logs.delete(run);
    sayWishes();
  };
}

/** Until the returned function is called, this tab hears of everything even when nobody has looked at it for long. */
export function listenWhenHidden(): () => void {
  waitingFor += 1;
  sayWishes();
  return () => {
    waitingFor -= 1;
    sayWishes();
  };
}

const sayToHub = connect();
onSession(sayWishes);
document.addEventListener('visibilitychange', () => sayWishes());
addEventListener('pagehide', () => sayWishes({ isGone: true }));
addEventListener('pageshow', ({ persisted }) => persisted && sayWishes());
sayWishes();

function sayWishes(more: Partial<TabWishes> = {}): void {
  const isVisible = document.visibilityState === 'visible' || waitingFor > 0;
  sayToHub({ basePath, key: sessionKey(), runs: [...logs.keys()], isVisible, ...more });
}

/** A browser without shared workers gets a connection for each tab. */
function connect(): (wishes: TabWishes) => void {
  if (typeof SharedWorker === 'undefined') {
    const hub = new LiveHub();
    return (wishes) => hub.hear(hub, wishes, hear);
  }
  const { port } = new SharedWorker(new URL('./live-worker.ts', import.meta.url), { type: 'module', name: `procreg ${basePath}` });
  port.onmessage = ({ data }: MessageEvent<LiveMessage>) => hear(data);
  return (wishes) => port.postMessage(wishes);
}

function hear(message: LiveMessage): void {
  if (message.kind === 'again') logs.get(message.run)?.again();
  if (message.kind === 'refused') logs.get(message.run)?.refused();
  if (message.kind === 'events') hearEvents(message.events);
  if (message.kind === 'state') {
    state = message.state;
    for (const listener of stateListeners) listener(state);
  }
}

function hearEvents(events: LiveEvent[]): void {
  const isLog = ({ type }: LiveEvent) => type.startsWith('run.std') || type === 'run.log.ended';
  const changes = events.filter((event) => !isLog(event));
  if (changes.length > 0) for (const listener of eventListeners) listener(changes);
  for (const [run, listener] of logs) {
    const own = events.filter((event) => isLog(event) && event.subject === run);
    if (own.length > 0) listener.events(own);
  }
}
