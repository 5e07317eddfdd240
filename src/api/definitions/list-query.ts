// The query of a tastypie list: limit, offset, filters, order_by; and the links to the pages beside this one.
import { allows, type Filter, type FilterField, filterFields, type Ordering } from '../../definitions/filters.js';
import { CodedError } from '../../model/coded-error.js';

const defaultLimit = 20;
/** What a limit of 0 means, and the most that one page holds. */
const largestLimit = 1000;

/** Fields of the resource by the names that its users know. */
export const listFields: Record<string, FilterField> = {
  id: 'id',
  name: 'name',
  exec: 'exec',
  application: 'application',
  process_type: 'processType',
};

export function pageBounds(query: URLSearchParams): { limit: number; offset: number } {
  const limit = wholeNumber(query, { name: 'limit', kind: 'a positive integer' }) ?? defaultLimit;
  const offset = wholeNumber(query, { name: 'offset', kind: 'an integer' }) ?? 0;
  return { limit: limit === 0 ? largestLimit : Math.min(limit, largestLimit), offset };
}

/** The last one counts when there are several. The sentences are the original's. */
function wholeNumber(query: URLSearchParams, { name, kind }: { name: string; kind: string }): number | undefined {
  const text = query.getAll(name).at(-1);
  if (text === undefined) return undefined;
  if (/^\s*-\d+\s*$/.test(text)) throw invalid(`Invalid ${name} '${text}' provided. Please provide a positive integer >= 0.`);
  if (!/^\s*\+?\d+\s*$/.test(text)) throw invalid(`Invalid ${name} '${text}' provided. Please provide ${kind}.`);
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

function invalid(sentence: string): CodedError {
  return new CodedError('invalid_request', sentence);
}

/** Unknown fields are ignored, as tastypie does. */
export function filtersOf(query: URLSearchParams): Filter[] {
  return [...new Set(query.keys())].flatMap((key) => {
    const [name, comparison = 'exact', ...more] = key.split('__');
    if (name === 'definition') throw invalid("The 'definition' field does not allow filtering.");
    if (name === 'resource_uri') throw invalid("The 'resource_uri' field is not a valid field name");
    if (!Object.hasOwn(listFields, name)) return [];
    const field = listFields[name];
    if (more.length > 0 || !allows(field, comparison)) throw invalid(`The '${name}' field does not support relations.`);
    return [{ field, comparison, values: valuesOf({ field, comparison, texts: query.getAll(key) }) }];
  });
}

function valuesOf({ field, comparison, texts }: Pick<Filter, 'field' | 'comparison'> & { texts: string[] }): (string | number)[] {
  const listed = comparison === 'in' || comparison === 'range';
  const parts = listed ? texts.flatMap((text) => text.split(',')).filter((part) => part !== '') : [texts.at(-1) as string];
  if (comparison === 'range' && parts.length !== 2) throw mismatch();
  if (filterFields[field].kind === 'text') return parts;
  return parts.map((part) => {
    if (!/^-?\d{1,15}$/.test(part)) throw mismatch();
    return Number(part);
  });
}

function mismatch(): CodedError {
  return invalid('Invalid resource lookup data provided (mismatched type).');
}

export function orderingsOf(query: URLSearchParams): Ordering[] {
  return query.getAll('order_by').flatMap((text) =>
    text.split(',').map((part) => {
      const name = part.replace(/^-/, '');
      if (Object.hasOwn(listFields, name)) return { field: listFields[name], descending: part.startsWith('-') };
      if (name === 'resource_uri' || name === 'definition') throw invalid(`The '${name}' field does not allow ordering.`);
      throw invalid(`No matching '${name}' field for ordering on.`);
    }),
  );
}

export interface Meta {
  limit: number;
  next: string | null;
  offset: number;
  previous: string | null;
  total_count: number;
}

/** Links are a path and a query, never a host: other parameters first, in their order, then limit, then offset. */
export function metaOf(page: { uri: string; query: URLSearchParams; limit: number; offset: number; total: number }): Meta {
  const { limit, offset, total } = page;
  const others = [...page.query].filter(([name]) => name !== 'limit' && name !== 'offset');
  const link = (at: number) => `${page.uri}?${new URLSearchParams([...others, ['limit', String(limit)], ['offset', String(at)]])}`;
  return {
    limit,
    next: offset + limit < total ? link(offset + limit) : null,
    offset,
    previous: offset - limit >= 0 ? link(offset - limit) : null,
    total_count: total,
  };
}
