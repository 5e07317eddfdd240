// How many requests were answered how, and how long it took; by the pattern of a route, never by an address.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Clients may send any method and address; what is not ours has one name. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const unrouted = 'none';

export class HttpMetrics {
  private readonly answered: Counter<'method' | 'route' | 'status'>;
  private readonly duration: Histogram<'method' | 'route'>;

  constructor(registry: Registry) {
    this.answered = new Counter({
      name: 'procreg_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    });
    this.duration = new Histogram({
      name: 'procreg_http_request_duration_seconds',
      help: 'From the first byte of a request to the last one of its answer.',
      labelNames: ['method', 'route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300],
      registers: [registry],
    });
  }

  count(request: FastifyRequest, reply: FastifyReply): void {
    const method = methods.has(request.method) ? request.method : 'other';
    const route = request.is404 ? unrouted : (request.routeOptions.url ?? unrouted);
    this.answered.inc({ method, route, status: reply.statusCode });
    this.duration.observe({ method, route }, reply.elapsedTime / 1000);
  }
}
