// Lists in pages like those of tastypie: which page a query requests, and the links to the next and the previous one.
import { ApiProperty } from '@nestjs/swagger';
import { CodedError } from '../model/coded-error.js';
import { suggestions } from '../model/near-names.js';

const defaultLimit = 20;
/** What a limit of 0 means, and the most that one page holds. */
const largestLimit = 1000;

export class MetaObject {
  @ApiProperty({ example: 20 })
  limit: number;

  @ApiProperty({ type: String, nullable: true, description: 'a path with a query, never a host' })
  next: string | null;

  @ApiProperty({ example: 0 })
  offset: number;

  @ApiProperty({ type: String, nullable: true })
  previous: string | null;

  @ApiProperty({ example: 1, description: 'exact' })
  total_count: number;
}

/** Throws invalid_request for a parameter that is not one of these, because a filter that was ignored would give too much. */
export function refuseUnknown(query: URLSearchParams, known: string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new CodedError('invalid_request', `unknown filter '${unknown}'${suggestions(known)(unknown)}; allowed: ${known.join(', ')}`);
}

export function pageBounds(query: URLSearchParams): { limit: number; offset: number } {
  const limit = wholeNumber(query, { name: 'limit', kind: 'a positive integer' }) ?? defaultLimit;
  const offset = wholeNumber(query, { name: 'offset', kind: 'an integer' }) ?? 0;
  return { limit: limit === 0 ? largestLimit : Math.min(limit, largestLimit), offset };
}

/** When a parameter is repeated, the last value counts. The sentences are those of the original. */
function wholeNumber(query: URLSearchParams, { name, kind }: { name: string; kind: string }): number | undefined {
  const text = query.getAll(name).at(-1);
  if (text === undefined) return undefined;
  if (/^\s*-\d+\s*$/.test(text))
    throw new CodedError('invalid_request', `Invalid ${name} '${text}' provided. Please provide a positive integer >= 0.`);
  if (!/^\s*\+?\d+\s*$/.test(text)) throw new CodedError('invalid_request', `Invalid ${name} '${text}' provided. Please provide ${kind}.`);
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** Links are a path and a query, never a host: other parameters first, in their order, then limit, then offset. */
export function metaOf(page: { uri: string; query: URLSearchParams; limit: number; offset: number; total: number }): MetaObject {
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
