// By what a request is known in the log, in its answer and in the traces of others.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseTraceparent } from '../model/trace-context.js';

const acceptable = /^[A-Za-z0-9._:/+=@~-]{1,128}$/;

/** The caller's X-Request-Id when it can do no harm in a log; a new one otherwise. */
export function requestId({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
}

/** Says the id in the answer, and keeps the caller's trace for the runs that this request makes. */
export function identify(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  const { traceparent } = request.headers;
  if (traceparent !== undefined) request.traceContext = parseTraceparent(traceparent);
}
