// Sends responses: JSON as exact bytes with the exact type, and errors in the form of their route.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { errorCodes } from '../model/error-codes.js';
import { challenge } from './basic-strategy.js';
import { drainMessage } from './drain-message.js';
import { statusOf } from './error-table.js';
import { publicUrl, resourceMetadataPath } from './public-url.js';
import { shownTicket } from './shown-ticket.js';

/** Sends bytes, because Fastify would add a charset to a string, and real clients compare the whole header. */
export function sendJson(reply: FastifyReply, status: number, value: unknown): void {
  sendJsonText(reply, status, JSON.stringify(value));
}

/** `text`: as a string, or as its bytes, which may be sent to several. */
export function sendJsonText(reply: FastifyReply, status: number, text: string | Buffer): void {
  void reply
    .code(status)
    .header('content-type', 'application/json')
    .send(Buffer.isBuffer(text) ? text : Buffer.from(text));
}

export function sendEmpty(reply: FastifyReply, status: number): void {
  void reply.code(status).send();
}

/** Answers HEAD without reading the content; the length is sent where a header has it. */
export function sendHead(reply: FastifyReply): void {
  void reply.send(Readable.from([]));
}

export function sendError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
  const error = asCoded(thrown);
  if (isGone(request) || reply.raw.headersSent) {
    request.log[isGone(request) ? 'debug' : 'warn']({ err: thrown }, 'the response broke off');
    reply.raw.destroy();
    return;
  }
  if (error.code === 'internal') request.log.error({ err: thrown }, 'request failed');
  // a connection that ends with this response would be reset while its body still arrives, and the response would be lost
  const ends = request.headers.connection?.toLowerCase() === 'close';
  if (ends) void drainMessage(request.raw).then(() => renderError(request, reply, error));
  else renderError(request, reply, error);
}

/** The client went away in the middle of its body. */
function isGone({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.readableEnded;
}

function renderError(request: FastifyRequest, reply: FastifyReply, error: CodedError): void {
  const { retryAfterSeconds, ...fields } = error.fields;
  const status = statusOf[error.code];
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (typeof fields.run_id === 'string') reply.header('run-id', fields.run_id);
  if (status === 401 && isChallenged(request)) reply.header('www-authenticate', challengesOf(request));
  if (error.code === 'internal') fields.request_id = request.id;
  if (request.routeOptions?.config?.errorForm === 'registry') {
    sendJson(reply, status, { error: error.message, code: error.code, ...fields });
    return;
  }
  if (request.routeOptions?.config?.errorForm === 'glot') {
    sendJson(reply, status, { ...glotError(error), ...fields });
    return;
  }
  const text = JSON.stringify({ ...problemOf(error), ...fields });
  void reply.code(status).header('content-type', 'application/problem+json').send(Buffer.from(text));
}

/** The Bearer comes first: clients of MCP read no other. */
function challengesOf(request: FastifyRequest): string | string[] {
  if (!request.routeOptions?.config?.forAgents) return challenge;
  return [`Bearer resource_metadata="${publicUrl(request)}${resourceMetadataPath}"`, challenge];
}

/** A browser would answer the challenge with its own dialogue, where a page wants to ask for the password itself. */
function isChallenged(request: FastifyRequest): boolean {
  return request.headers['x-session-key'] === undefined && shownTicket(request) === undefined;
}

/** The error by RFC 9457, without its own fields. */
export function problemOf({ code, message }: CodedError): object {
  return { type: 'about:blank', title: errorCodes[code], status: statusOf[code], detail: message, code, error: message };
}

/** The errors as clients of glot compare them. */
function glotError({ code, message }: CodedError): { error: string; message: string } {
  return code === 'unauthenticated' ? { error: 'access_token', message: 'Missing or wrong access token' } : { error: code, message };
}

/** Errors of the core are coded, errors of Nest and Fastify carry a status, and all others are faults of this project. */
function asCoded(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const {
    statusCode,
    status = statusCode,
    code,
    message,
  } = thrown as { statusCode?: number; status?: number; code?: string; message?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('disk_full', 'the disk is full');
  if (code === 'EMFILE' || code === 'ENFILE')
    return new CodedError('not_ready', 'the server has no descriptors left', { retryAfterSeconds: 5 });
  if (status === 404) return new CodedError('not_found', 'nothing exists at this address');
  if (status === 413) return new CodedError('body_too_large', 'the body is too large');
  if (status === 415) return new CodedError('unsupported_media_type', 'this route does not accept this Content-Type');
  if (status !== undefined && status >= 400 && status < 500)
    return new CodedError('invalid_request', message ?? 'the request is not valid');
  return new CodedError('internal', 'internal error of the server; its log has the details', {});
}
