// The properties that the server adds to a request.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import type { Principal, Role } from '../model/roles.js';
import type { TraceContext } from '../model/trace-context.js';
import type { OpenRequest } from './open-request.js';
import { type TicketUse, ticketParameter } from './shown-ticket.js';

/** `loopback`: an admin, or any user on this machine. */
export type Access = Role | 'public' | 'loopback';

/** The form of the errors of a route: `registry` is tastypie's {"error": text}, `glot` {"error": code, "message": text}, everything else RFC 9457. */
export type ErrorForm = 'registry' | 'glot' | 'problem';

/** What a stopping server does with a request. By default it answers, unless it still takes connections; `answered`: always, `refused`: never. */
export type WhileClosing = 'answered' | 'refused';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    errorForm?: ErrorForm;
    whileClosing?: WhileClosing;
    /** Answered with Cache-Control: no-store, as pRouter does. */
    noStore?: boolean;
    /** The request is passed on to the server of a program, which decides about its headers. */
    forProgram?: boolean;
    /** The query parameter whose value 1 makes the request a write, whatever its method: then it needs the role author, and pages of other origins may not send it. */
    writeQuery?: string;
    /** What a ticket can do here; left out: nothing. */
    ticket?: TicketUse;
    /** It is for AI agents: tokens that may only call tools are good here, and a 401 says where clients of the protocol learn of logins. */
    forAgents?: boolean;
  }
  interface FastifyRequest {
    principal?: Principal;
    /** Only for a request with a principal. */
    open?: OpenRequest;
    /** The caller's trace, when its traceparent is valid. */
    traceContext?: TraceContext;
    /** The Content-Type as it came, also when it was too malformed to keep. */
    givenContentType?: string;
  }
}

export type Request = FastifyRequest<{ Params: Record<string, string>; Querystring: Record<string, string | string[]> }>;
export type Reply = FastifyReply;

export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new CodedError('unauthenticated', 'this needs a login');
  return request.principal;
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the request may change something. */
export function isWrite(request: FastifyRequest): boolean {
  return !reading.has(request.method) || hasWriteQuery(request);
}

export function hasWriteQuery(request: FastifyRequest): boolean {
  const { writeQuery } = request.routeOptions.config;
  return writeQuery !== undefined && queryOf(request).get(writeQuery) === '1';
}

/** Returns the number in an address; throws not_found, with the sentence of `otherwise`, when it is not a number. */
export function numberIn({ params: { id } }: Request, otherwise: (id: string) => string): number {
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id);
  throw new CodedError('not_found', otherwise(id));
}

/** The query as it was sent, without a ticket: pairs in their order, repeats kept. */
export function queryOf({ url, routeOptions }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  const query = new URLSearchParams(start < 0 ? '' : url.slice(start));
  if (start >= 0 && routeOptions.config.ticket !== undefined) query.delete(ticketParameter);
  return query;
}
