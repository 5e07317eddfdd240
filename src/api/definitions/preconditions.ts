// If-Match and If-None-Match (RFC 9110 section 13) on definitions and on their list.
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Precondition } from '../../definitions/definition-writes.js';
import type { ListPrecondition } from '../../definitions/list-version.js';
import { conditionOf } from '../../http/conditions.js';
import { listed } from '../../http/etag.js';
import { CodedError } from '../../model/coded-error.js';
import { etagOf } from './render.js';

/** The condition for the row that a write finds. */
export function preconditionOf(request: FastifyRequest): Precondition {
  const condition = conditionOf(request, 'the definition');
  return (row) => condition(row && etagOf(row));
}

/** The ETag of a page of the list: the version of the viewer's own definitions, which a write of the list checks, and the digest of the page. */
export function listEtag(version: string, page: string): string {
  return `"${version}-${hash('sha256', page, 'hex').slice(0, 16)}"`;
}

/** The condition for a write of the list; the ETag of any of its pages names the version. */
export function listPreconditionOf({ headers }: FastifyRequest): ListPrecondition {
  const { 'if-match': wanted, 'if-none-match': unwanted } = headers;
  return (version) => {
    const names = (tags: string[]) => tags.some((tag) => tag === '*' || tag.startsWith(`"${version}-`));
    if (wanted !== undefined && !names(listed(wanted)))
      throw new CodedError('precondition_failed', `your definitions have changed: their version is ${version}, not ${wanted}`);
    if (unwanted !== undefined && names(listed(unwanted).map((tag) => tag.replace(/^W\//, ''))))
      throw new CodedError('precondition_failed', `If-None-Match: ${unwanted}, but the list exists with the version ${version}`);
  };
}
