// W3C Trace Context, level 1: reads a caller's traceparent, and names a run in the same trace.

export interface TraceContext {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits: the span of the caller. */
  parentId: string;
  /** True when the caller records this trace. */
  sampled: boolean;
}

const zeros = /^0+$/;

/** What the header `traceparent` says, or undefined when it breaks a rule of section 3.2 of the recommendation. */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header);
  if (!match) return undefined;
  const [, version, traceId, parentId, flags, rest] = match;
  // a later version may say more after a dash; version 00 says no more, and ff is forbidden
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * TRACEPARENT for a run: in the caller's trace, otherwise in a new one with the digits of the run's id (a UUID). The
 * span is always the last 16 digits of the id. Flags that level 1 does not know are sent as zero, as it demands.
 */
export function traceparentOfRun(runId: string, caller?: TraceContext): string {
  const digits = runId.replaceAll('-', '').toLowerCase();
  const flags = caller && !caller.sampled ? '00' : '01';
  return `00-${caller?.traceId ?? digits}-${digits.slice(-16)}-${flags}`;
}
