// The query of the list of runs.
import { refuseUnknown } from '../../http/pages.js';
import { CodedError } from '../../model/coded-error.js';
import { endReasons, runStates } from '../../model/states.js';
import type { RunFilters } from '../../runs/run-totals.js';

const timeFilters = ['gte', 'gt', 'lte', 'lt', 'range'];
const known = [
  ...['state', 'state__in', 'end_reason', 'end_reason__in', 'success', 'definition', 'owner', 'q'],
  ...timeFilters.map((name) => `created_at__${name}`),
  ...['order_by', 'limit', 'offset', 'after'],
];

/** The filters that need no look-up of names. Throws invalid_request for a name that is not known. */
export function runFilters(query: URLSearchParams): RunFilters {
  refuseUnknown(query, known);
  return {
    success: successOf(query.get('success')),
    named: query.get('q') || undefined,
    state: choices(query, 'state', runStates),
    endReason: choices(query, 'end_reason', endReasons),
    ...createdRange(query),
  };
}

function successOf(text: string | null): boolean | undefined {
  if (text === null) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new CodedError('invalid_request', `success must be true or false, got '${text}'`);
}

function createdRange(query: URLSearchParams): Pick<RunFilters, 'createdFromMs' | 'createdToMs'> {
  const range = query.get('created_at__range')?.split(',');
  if (range?.length === 2) return { createdFromMs: timeOf(range[0]), createdToMs: timeOf(range[1]) };
  if (range) throw new CodedError('invalid_request', `created_at__range must be two times separated by a comma, got '${range.join(',')}'`);
  return {
    createdFromMs: bound(query, ['created_at__gte', 'created_at__gt'], 1),
    createdToMs: bound(query, ['created_at__lte', 'created_at__lt'], -1),
  };
}

function timeOf(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new CodedError('invalid_request', `'${text}' is not a valid time; write it like 2026-01-31T12:00:00Z`);
  return timeMs;
}

function choices(query: URLSearchParams, name: string, known: readonly string[]): string[] | undefined {
  const texts = [...query.getAll(name), ...query.getAll(`${name}__in`)].flatMap((text) => text.split(','));
  const wrong = texts.find((text) => !known.includes(text));
  if (wrong !== undefined) throw new CodedError('invalid_request', `unknown ${name} '${wrong}'; allowed: ${known.join(', ')}`);
  return texts.length > 0 ? texts : undefined;
}

/** The inclusive bound of the first name, or of the second one moved by a millisecond. */
function bound(query: URLSearchParams, [inclusive, exclusive]: [string, string], step: number): number | undefined {
  const text = query.get(inclusive) ?? query.get(exclusive);
  if (text === null) return undefined;
  return query.get(inclusive) === null ? timeOf(text) + step : timeOf(text);
}

/** Whether the oldest runs come first; by default the newest do. */
export function oldestFirst(query: URLSearchParams): boolean {
  const wanted = query.get('order_by');
  if (wanted === null || wanted === '-created_at' || wanted === '-id') return false;
  if (wanted === 'created_at' || wanted === 'id') return true;
  throw new CodedError('invalid_request', `order_by must be created_at or -created_at, got '${wanted}'`);
}

export function cursorOf(query: URLSearchParams): string | undefined {
  const text = query.get('after') ?? undefined;
  if (text === undefined || /^[0-9a-f-]{36}$/.test(text)) return text;
  throw new CodedError('invalid_request', `after must be the id of the last run of the previous page, got '${text}'`);
}
