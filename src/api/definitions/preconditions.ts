// If-Match and If-None-Match (RFC 9110 section 13) on definitions.
import type { FastifyRequest } from 'fastify';
import type { Precondition } from '../../definitions/definition-writes.js';
import { namesEtag } from '../../http/etag.js';
import { CodedError } from '../../model/coded-error.js';
import { etagOf } from './render.js';

/** The condition for the row that a write finds. */
export function preconditionOf(request: FastifyRequest): Precondition {
  const { 'if-match': wanted, 'if-none-match': unwanted } = request.headers;
  return (row) => {
    if (row === null) {
      if (wanted !== undefined) throw new CodedError('precondition_failed', `no definition exists that could match ${wanted}`);
      return;
    }
    if (wanted !== undefined && !namesEtag(wanted, etagOf(row))) {
      throw new CodedError('precondition_failed', `the ETag of the definition ${row.id} is ${etagOf(row)}, not ${wanted}`);
    }
    if (unwanted !== undefined && namesEtag(unwanted, etagOf(row))) {
      throw new CodedError('precondition_failed', `the definition ${row.id} already exists`);
    }
  };
}

/** Whether a GET may be answered with 304. */
export function isUnchanged(request: FastifyRequest, etag: string): boolean {
  const { 'if-none-match': known } = request.headers;
  return known !== undefined && namesEtag(known, etag);
}
