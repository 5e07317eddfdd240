// Whether a run that has ended is started once more, and after which pause: a lost one by `retries`, a service by `restart`.
import { isService, type ProcessDefinition } from '../model/definition.js';
import type { RunOrder } from '../model/run-order.js';
import type { RunResult } from '../model/run-result.js';

/** Pauses of a service double from `backoff` up to this, */
const longestPauseMs = 60_000;
/** are never shorter than this, */
const shortestPauseMs = 100;
/** and begin anew once it was up for so long, and for longer than the last pause. */
const settledMs = 10_000;
const defaultBackoffMs = 1000;

export interface EndedAttempt {
  order: RunOrder;
  result: RunResult;
  /** The number of the start that has ended; the first is 1. */
  attempt: number;
  /** A user, or a rule of the definition, wanted this run to end; not just the server. */
  isUnwanted: boolean;
  /** When this server began: what was stopped before that went down with the machine or with an earlier server. */
  bootedAtMs: number;
  /** The server ends: what is stopped now is started by the next one. */
  isClosing: boolean;
}

/** How often in a row a service has ended, and how long its last pause was. */
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
