// The headers of a body that this server does not act on: taken as it comes, the body would be stored as something that it is not.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';

/** Throws expectation_failed (RFC 9110, section 10.1.1); Node itself acts on 100-continue. */
export function checkExpectation({ raw: { httpVersion }, headers: { expect } }: FastifyRequest): void {
  const isUnknown = httpVersion === '1.1' && expect !== undefined && !/(^|\W)100-continue($|\W)/i.test(expect);
  if (isUnknown) throw new CodedError('expectation_failed', `Expect: ${expect} is not possible here; only 100-continue is`);
}

/** Throws unsupported_media_type for a body in another transfer coding than chunked (RFC 9112, section 6.1), which Node leaves as it is. */
export function checkTransferEncoding({ headers: { 'transfer-encoding': coding } }: FastifyRequest): void {
  if (coding !== undefined && !/^\s*chunked\s*$/i.test(coding))
    throw new CodedError(
      'unsupported_media_type',
      `a body with Transfer-Encoding ${coding} is not decoded here; send it with chunked alone`,
    );
}

/**
 * Throws unsupported_media_type for a Content-Encoding (RFC 9110, section 8.4), and invalid_request for a PUT with Content-Range (section 14.5).
 * Requests to the server of a program pass: the program decides.
 */
export function checkBodyHeaders({ method, headers, routeOptions }: FastifyRequest): void {
  if (routeOptions.config.forProgram) return;
  const { 'content-encoding': encoding, 'content-range': range } = headers;
  const isEncoded = encoding !== undefined && !/^(\s*identity\s*(,|$))*$/i.test(encoding);
  if (isEncoded)
    throw new CodedError('unsupported_media_type', `a body with Content-Encoding ${encoding} is not decoded here; send it plain`);
  if (method === 'PUT' && range !== undefined)
    throw new CodedError('invalid_request', 'a PUT replaces the whole: Content-Range, a part of it, is not possible');
}
