// The identity of a request in the log, in its response and in the traces of others.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseTraceparent } from '../model/trace-context.js';

const acceptable = /^[A-Za-z0-9._:/+=@~-]{1,128}$/;

/** The X-Request-Id of the caller when it is harmless in a log; otherwise a new one. */
export function requestId({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}

/** Puts the id into the response, and keeps the caller's trace for the runs that this request creates. */
export function identify(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  const { traceparent } = request.headers;
  if (traceparent !== undefined) request.traceContext = parseTraceparent(traceparent);
}
