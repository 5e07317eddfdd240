// The Idempotency-Key of a request, and the fingerprint by which its repetition is known.
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import type { KeyedRequest } from '../model/keyed-request.js';
import { headerText } from './header-text.js';
import { principalOf } from './request.js';

const longestKey = 255;

/** For the documentation of a route that creates something. */
export const keyHeader = {
  'Idempotency-Key': '1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer',
};

/** Null: the request has no key. Throws invalid_request for a key that is empty or too long. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const { 'idempotency-key': header } = headers;
  if (header === undefined) return null;
  const key = headerText(String(header));
  const { length } = [...key];
  if (length >= 1 && length <= longestKey) return key;
  throw new CodedError('invalid_request', `Idempotency-Key must have 1 to ${longestKey} characters, got ${length}`);
}

/** What a request brought: `digest` stands for its body; null: it was not computed. */
interface SentBody {
  mediaType: string | undefined;
  digest: string | null | undefined;
}

/** Undefined: the request has no key. Throws invalid_request. */
export function keyedRequest(request: FastifyRequest, { mediaType, digest }: SentBody): KeyedRequest | undefined {
  const key = idempotencyKeyOf(request);
  if (key === null) return undefined;
  const fingerprint = hash('sha256', JSON.stringify([request.method, request.url, mediaType, digest]), 'hex');
  return { userId: principalOf(request).userId, key, fingerprint };
}

/** Like keyedRequest, for a request whose body was read as JSON. */
export function keyedJson(request: FastifyRequest, body: object): KeyedRequest | undefined {
  if (idempotencyKeyOf(request) === null) return undefined;
  return keyedRequest(request, { mediaType: request.givenContentType, digest: hash('sha256', JSON.stringify(body), 'hex') });
}
