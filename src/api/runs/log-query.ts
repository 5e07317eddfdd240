// The query of the log of a run.
import { CodedError } from '../../model/coded-error.js';
import { type LogStream, logStreams } from '../../model/log-format.js';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const unitsMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Undefined: both streams. Throws invalid_request. */
export function streamOf(text: string | null): LogStream | undefined {
  if (text === null || (logStreams as readonly string[]).includes(text)) return (text as LogStream) ?? undefined;
  throw new CodedError('invalid_request', `stream must be stdout or stderr, got '${text}'`);
}

/** Milliseconds since 1970, now at the latest; undefined: from the beginning. Throws invalid_request. */
export function sinceOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const [, count, unit] = /^(\d{1,10})(ms|s|m|h|d)$/.exec(text) ?? [];
  const timeMs = unit ? Date.now() - Number(count) * unitsMs[unit] : rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return Math.min(timeMs, Date.now());
  const allowed = 'a time such as 2026-01-31T12:00:00Z (RFC 3339; + is written %2B), or a duration before now: 90s, 10m, 2h, 1d, 500ms';
  throw new CodedError('invalid_request', `since must be ${allowed}; got '${text}'`);
}
