// A program's own page runs without an origin: it sends `Origin: null`, which its own address, and no other, takes for its own.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from './vary.js';

/** Whether the request comes from a page without an origin, and goes to the address of such pages. */
export function isOfPage({ headers: { origin }, routeOptions }: FastifyRequest): boolean {
  return origin === 'null' && routeOptions?.config?.ticket === 'path';
}

/** Sets what lets the page read the answer, and lets the pages of this server show it in a frame. True: the request was a preflight and is answered. */
export function answerPage(request: FastifyRequest, reply: FastifyReply): boolean {
  void addVary(reply, 'Origin').removeHeader('x-frame-options').header('content-security-policy', "frame-ancestors 'self'");
  if (!isOfPage(request)) return false;
  void reply.header('access-control-allow-origin', 'null').header('access-control-expose-headers', '*');
  const { 'access-control-request-method': method, 'access-control-request-headers': names } = request.headers;
  if (request.method !== 'OPTIONS' || method === undefined) return false;
  if (names !== undefined) void reply.header('access-control-allow-headers', names);
  void reply.code(204).header('access-control-allow-methods', method).send();
  return true;
}
