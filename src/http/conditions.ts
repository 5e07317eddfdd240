// Conditional requests (RFC 9110 section 13): whether a GET finds something new, and whether a write may change what is there.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { httpDate, lastModified } from '../model/file-times.js';
import { namesEtag, namesEtagStrongly } from './etag.js';

/** Throws precondition_failed for what exists with this ETag, or, null, for what does not exist. */
type Condition = (etag: string | null) => void;

/** For the documentation of writes. */
export const writeConditions = {
  'If-Match': 'the ETag that it must have, or *: it must exist',
  'If-None-Match': 'an ETag that it must not have, or *: it must not exist',
};

/** For the documentation of reads. */
export const readConditions = {
  'If-None-Match': 'an ETag; answered with 304 when it is still the same',
  'If-Modified-Since': 'a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent',
};

/** `name`: what the request changes, such as "the file 'a.txt'". */
export function conditionOf({ headers }: FastifyRequest, name: string): Condition {
  const { 'if-match': wanted, 'if-none-match': unwanted } = headers;
  return (etag) => {
    if (wanted !== undefined && etag === null)
      throw new CodedError('precondition_failed', `If-Match: ${wanted}, but ${name} does not exist`);
    if (wanted !== undefined && etag !== null && !namesEtagStrongly(wanted, etag))
      throw new CodedError('precondition_failed', `the ETag of ${name} is ${etag}, not ${wanted}`);
    if (unwanted !== undefined && etag !== null && namesEtag(unwanted, etag))
      throw new CodedError('precondition_failed', `If-None-Match: ${unwanted}, but ${name} exists with the ETag ${etag}`);
  };
}

/** What a client may have already; undefined: there is no such mark. */
interface Version {
  etag?: string;
  modifiedAtMs?: number;
}

/** Sends the ETag and Last-Modified. True: the client has this version, and a GET or HEAD is answered with 304. */
export function isKnown({ headers }: FastifyRequest, reply: FastifyReply, { etag, modifiedAtMs }: Version): boolean {
  if (etag !== undefined) void reply.header('etag', etag);
  if (modifiedAtMs !== undefined) void reply.header('last-modified', lastModified(modifiedAtMs));
  const { 'if-none-match': known, 'if-modified-since': since } = headers;
  if (known !== undefined) return etag !== undefined && namesEtag(known, etag);
  const sinceMs = since === undefined || modifiedAtMs === undefined ? undefined : httpDate(since);
  return sinceMs !== undefined && Math.floor((modifiedAtMs as number) / 1000) * 1000 <= sinceMs;
}
