// Knows the methods of each address, for OPTIONS and for 405 with Allow instead of 404, and what a ticket can do there.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import { CodedError } from '../model/coded-error.js';
import type { TicketUse } from './shown-ticket.js';

/** The route of @fastify/cors, for preflights. */
export const anyAddress = '*';

interface Known {
  methods: Set<string>;
  ticket?: TicketUse;
}

const order = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

export class RouteTable {
  private readonly router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 16384 });
  private readonly known = new Map<string, Known>();

  /** Must be called before the routes are created. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method, config }) => {
      if (url === anyAddress) return;
      const pattern = url.replace(/(.)\/$/, '$1');
      const known: Known = this.known.get(pattern) ?? { methods: new Set() };
      if (!this.known.has(pattern)) this.router.on('GET', pattern, () => {}, known);
      this.known.set(pattern, known);
      known.ticket ??= config?.ticket;
      for (const one of [method].flat()) known.methods.add(one);
    });
  }

  /** Undefined: a ticket can do nothing at this address, or nothing is there. */
  ticketAt(url: string): TicketUse | undefined {
    return this.find(url)?.ticket;
  }

  /** Answers OPTIONS, and throws method_not_allowed for a known address; true when the request is answered. */
  answerUnrouted(request: FastifyRequest, reply: FastifyReply): boolean {
    const allowed = this.allowed(request.url.split('?')[0]);
    if (!allowed) return false;
    const optioned = request.method === 'OPTIONS';
    const allow = allowed.filter((method) => method !== request.method).join(',');
    void reply.header('allow', allow);
    if (!optioned)
      throw new CodedError(
        'method_not_allowed',
        `the method ${request.method} is not allowed here; allowed: ${allow.replaceAll(',', ', ')}`,
      );
    void reply.code(200).header('content-type', 'text/plain; charset=utf-8').send(allow);
    return true;
  }

  /** A POST may stand for another method by X-HTTP-Method-Override, so it is allowed wherever PUT and DELETE are. */
  private allowed(path: string): string[] | null {
    const found = this.find(path)?.methods;
    if (!found) return null;
    const overridable = found.has('PUT') || found.has('PATCH') || found.has('DELETE');
    return order.filter((method) => found.has(method) || (method === 'POST' && overridable && path.includes('/process_definition')));
  }

  private find(url: string): Known | undefined {
    return this.router.find('GET', url.split('?')[0])?.store as Known | undefined;
  }
}
