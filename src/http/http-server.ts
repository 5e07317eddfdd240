// Prepares the HTTP server: the checks that every request passes before its route, in this order.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import type { Authentication } from './authenticate.js';
import { checkBodyHeaders, checkExpectation, checkTransferEncoding } from './body-headers.js';
import { refuseAsScript, refuseCrossSite } from './csrf.js';
import type { HostCheck } from './host-check.js';
import type { HttpMetrics } from './http-metrics.js';
import { isLocal } from './local-socket.js';
import { withoutRepeatedSlashes } from './repeated-slashes.js';
import type { WhileClosing } from './request.js';
import { identify } from './request-identity.js';
import { anyAddress, type RouteTable } from './route-table.js';
import { sendError } from './send-response.js';
import { loggedPath } from './shown-ticket.js';
import { signInUri } from './sign-in.js';
import { refuseRepeatedHeaders } from './single-headers.js';
import { belowBase } from './urls.js';

export interface Entrance {
  routes: RouteTable;
  authentication: Authentication;
  metrics: HttpMetrics;
  /** Origins that may write from a browser (CORS_ORIGINS). */
  corsOrigins: string[];
  hosts: HostCheck;
  /** Whether there is a page at which a browser can sign in. */
  hasPage: boolean;
  /** True once the server is stopping: each response then ends its connection. */
  isClosing: () => boolean;
  /** True once the server refuses requests although it still takes connections. */
  refuses: () => boolean;
}

/** Bodies stay raw streams: they are read after the login, by the handler that needs them. */
export function prepareFastify(fastify: FastifyInstance, entrance: Entrance): void {
  entrance.routes.watch(fastify);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.addHook('onRequest', async (request, reply) => {
    keepContentType(request);
    identify(request, reply);
    secureHeaders(reply);
    forbidStoring(request, reply);
    try {
      refuseRepeatedHeaders(request);
      entrance.hosts.check(request);
      checkTransferEncoding(request);
      checkExpectation(request);
      const unrouted = request.is404 || request.routeOptions.url === anyAddress;
      if (unrouted && entrance.routes.answerUnrouted(request, reply)) return reply;
      if (isRefused(request.routeOptions.config.whileClosing, entrance))
        throw new CodedError('shutting_down', 'the server is stopping', { retryAfterSeconds: 5 });
      await entrance.authentication.admit(request, reply);
      if (unrouted) throw new CodedError('not_found', 'nothing exists at this address');
      refuseCrossSite(request, entrance.corsOrigins);
      refuseAsScript(request);
      checkBodyHeaders(request);
    } catch (error) {
      const signIn = entrance.hasPage ? signInUri(request, error) : undefined;
      if (signIn !== undefined) return reply.redirect(signIn, 303);
      sendError(request, reply, error);
      return reply;
    }
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (entrance.isClosing()) void reply.header('connection', 'close');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    limitUnread(request);
    entrance.metrics.count(request, reply);
    const { method, url, principal, traceContext } = request;
    const answered = {
      method,
      path: loggedPath(url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      user: principal?.username,
      run: reply.getHeader('run-id'),
      trace: traceContext?.traceId,
    };
    request.log.info(answered, 'answered');
  });
}

function isRefused(whileClosing: WhileClosing | undefined, { isClosing, refuses }: Entrance): boolean {
  return whileClosing === 'refused' ? isClosing() : whileClosing !== 'answered' && refuses();
}

/** Fastify answers 415 to an empty or malformed Content-Type, even where every type is accepted. */
function keepContentType(request: FastifyRequest): void {
  request.givenContentType = request.headers['content-type'];
  if (request.givenContentType !== undefined && !/^[^\s/;]+\/[^\s/;]+\s*(;|$)/.test(request.givenContentType.trim())) {
    delete request.headers['content-type'];
  }
}

/** An address without a route may have one tomorrow, and caches may keep a 404 and a 405; an answer to one login is not for another. */
function forbidStoring({ routeOptions: { config }, is404 }: FastifyRequest, reply: FastifyReply): void {
  if (config.noStore || is404) void reply.header('cache-control', 'no-store, must-revalidate').header('expires', '0');
  else if (config.access !== undefined && config.access !== 'public') void reply.header('cache-control', 'no-store');
}

export function secureHeaders(reply: FastifyReply): void {
  void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer').header('x-frame-options', 'DENY');
}

const unreadMs = 30_000;

/** The unread rest of a body is discarded as it arrives; a sender that never ends is cut. */
function limitUnread({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return;
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), unreadMs).unref();
  raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

const overridable = new Set(['GET', 'PUT', 'PATCH', 'DELETE']);

/** X-HTTP-Method-Override: only on a POST that carries credentials, and only in the registry. Returns the address to route. */
export function rewriteRequest(request: IncomingMessage, base: string): string {
  const url = request.url ?? '/';
  const wanted = String(request.headers['x-http-method-override'] ?? '').toUpperCase();
  const { authorization, 'x-access-token': token, 'x-session-key': key } = request.headers;
  const credentials = authorization ?? token ?? key ?? isLocal(request);
  if (request.method === 'POST' && overridable.has(wanted) && credentials && url.startsWith(`${base}/api/process_definition`))
    request.method = wanted;
  return withoutRepeatedSlashes(belowBase(url, base));
}
