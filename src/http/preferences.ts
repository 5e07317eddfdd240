// How the caller wants the response: the Prefer header (RFC 7240), Accept, and the switch stream.
import type { FastifyRequest } from 'fastify';
import { secondsForm, textWithin, timeoutRange } from '../model/bounds.js';
import { prefers } from './accept.js';
import { idempotencyKeyOf } from './idempotency-key.js';

export interface Preferences {
  /** How many milliseconds to wait for the end; Infinity: forever, 0: not at all. */
  waitMs: number;
  /** The timeout of the run in milliseconds, for requests that start one. */
  timeoutMs?: number;
  /** The parts of Prefer that are honoured, for Preference-Applied. */
  applied: string | null;
  events: boolean;
  stream: boolean;
  idempotencyKey: string | null;
}

export function readPreferences(request: FastifyRequest, stream: boolean): Preferences {
  const prefer = String(request.headers.prefer ?? '');
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d+)/i.exec(prefer)?.[1];
  const asynchronous = /(?:^|[,;\s])respond-async\b/i.test(prefer);
  const waitMs =
    wait !== undefined
      ? textWithin('wait of Prefer (seconds)', wait, { ...timeoutRange, form: /./ }) * 1000
      : asynchronous
        ? 0
        : Number.POSITIVE_INFINITY;
  const applied = [asynchronous && 'respond-async', wait !== undefined && `wait=${wait}`].filter(Boolean).join(', ');
  return {
    waitMs,
    applied: applied || null,
    events: prefers(request.headers.accept, 'text/event-stream'),
    stream,
    idempotencyKey: idempotencyKeyOf(request),
  };
}

/** The preferences of a request that starts a run: `timeout` (seconds) of Prefer, too. */
export function readRunPreferences(request: FastifyRequest, stream: boolean): Preferences {
  const preferences = readPreferences(request, stream);
  const timeout = /(?:^|[,;\s])timeout\s*=\s*"?([^",;\s]+)/i.exec(String(request.headers.prefer ?? ''))?.[1];
  if (timeout === undefined) return preferences;
  const seconds = textWithin('timeout of Prefer (seconds)', timeout, { ...timeoutRange, form: secondsForm });
  const applied = [preferences.applied, `timeout=${timeout}`].filter((part) => part !== null).join(', ');
  return { ...preferences, timeoutMs: seconds * 1000, applied };
}
