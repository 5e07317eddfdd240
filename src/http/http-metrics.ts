// Counts and times the answered requests by the pattern of the route, never by the address.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { TimeHistogram, type TimeSeries } from './time-histogram.js';

/** The known methods: clients may send any method, and all others are counted under one name. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const unrouted = 'none';

/** The metrics of one method and route. */
interface Answered {
  labels: { method: string; route: string };
  byStatus: Map<number, number>;
  durations: TimeSeries;
}

export class HttpMetrics {
  private readonly answered = new Map<string, Answered>();
  private readonly durations: TimeHistogram;

  constructor(registry: Registry) {
    const { answered } = this;
    new Counter({
      name: 'procreg_http_requests_total',
      help: 'Requests that were answered.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, byStatus } of answered.values()) {
          for (const [status, count] of byStatus) this.inc({ ...labels, status }, count);
        }
      },
    });
    const name = 'procreg_http_request_duration_seconds';
    const help = 'Time from the head of a request to the last byte of its response.';
    const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300];
    this.durations = new TimeHistogram({ name, help, buckets }, registry);
  }

  count(request: FastifyRequest, reply: FastifyReply): void {
    const { byStatus, durations } = this.answeredOf(request);
    byStatus.set(reply.statusCode, (byStatus.get(reply.statusCode) ?? 0) + 1);
    durations.observe(reply.elapsedTime / 1000);
  }

  private answeredOf(request: FastifyRequest): Answered {
    const method = methods.has(request.method) ? request.method : 'other';
    const route = request.routeOptions.url ?? unrouted;
    const key = `${method} ${route}`;
    const found = this.answered.get(key);
    if (found) return found;
    const labels = { method, route };
    const made = { labels, byStatus: new Map<number, number>(), durations: this.durations.series(labels) };
    this.answered.set(key, made);
    return made;
  }
}
