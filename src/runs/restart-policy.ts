// Decides whether a run that has ended is started again, and after which pause: a lost run by `retries`, a service by `restart`.
import { isService, type ProcessDefinition } from '../model/definition.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunResult } from '../model/run-result.js';

/** The longest pause of a service: its pauses double from `backoff` up to this time. */
const longestPauseMs = 60_000;
/** The shortest pause of a service. */
const shortestPauseMs = 100;
/** The pauses start from the first one again when the service was up for this long, and for longer than the last pause. */
const settledMs = 10_000;
const defaultBackoffMs = 1000;

export interface EndedAttempt {
  order: RunOrder;
  result: RunResult;
  /** The number of the start that has ended; the first is 1. */
  attempt: number;
  /** True when a user or a rule of the definition wanted this run to end, and not just the server. */
  isUnwanted: boolean;
  /** When this server started: a run that was stopped before that ended with the machine or with an earlier server. */
  bootedAtMs: number;
  /** True when the server is stopping: a service that is stopped now is started by the next server. */
  isClosing: boolean;
}

/** Remembers how often in a row a service has ended, and how long its last pause was. */
export class RestartPolicy {
  private inRow = 0;
  private lastPauseMs = 0;

  /** Milliseconds until the next start; null when there is none. */
  next(ended: EndedAttempt): number | null {
    const { order, result, attempt } = ended;
    if (isService(order.definition)) return this.nextOfService(ended);
    const mayRetry = order.message.kind !== 'live' && !order.interactive && attempt <= (order.definition.retries ?? 0);
    return result.endReason === 'lost' && mayRetry ? 0 : null;
  }

  private nextOfService(ended: EndedAttempt): number | null {
    const { order, result } = ended;
    const { mode = 'abnormal', max = Number.POSITIVE_INFINITY } = order.definition.restart ?? {};
    if (ended.isUnwanted || mode === 'never') return null;
    if (result.endReason === 'stop' || result.endReason === 'cancelled') return isOfServer(ended) ? 0 : null;
    if (mode === 'abnormal' && result.success) return null;
    if (upMs(result) >= Math.max(settledMs, this.lastPauseMs)) this.inRow = 0;
    if (this.inRow >= max) return null;
    this.lastPauseMs = pauseMs(order.definition, this.inRow);
    this.inRow++;
    return this.lastPauseMs;
  }
}

function isOfServer({ isClosing, bootedAtMs, result }: EndedAttempt): boolean {
  return isClosing || result.finishedAtMs < bootedAtMs;
}

function upMs({ startedAtMs, finishedAtMs }: RunResult): number {
  return startedAtMs === null ? 0 : finishedAtMs - startedAtMs;
}

function pauseMs({ restart }: ProcessDefinition, times: number): number {
  const firstMs = restart?.backoff === undefined ? defaultBackoffMs : restart.backoff * 1000;
  return Math.max(shortestPauseMs, Math.min(firstMs * 2 ** times, Math.max(longestPauseMs, firstMs)));
}
