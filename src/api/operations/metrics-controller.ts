// The metrics of this server over HTTP: /metrics.
import { Controller, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { Metrics } from './metrics.js';

@Controller()
export class MetricsController {
  constructor(private readonly measured: Metrics) {}

  @Route({
    verb: 'GET',
    path: 'metrics',
    access: 'loopback',
    summary: 'Read the metrics for Prometheus',
    description: 'Needs no login from this machine when no proxy is between; otherwise only for admins.',
    answers: { 200: { what: "metrics in Prometheus' text format", body: { 'text/plain': { type: 'string' } } } },
  })
  async metrics(@Res() reply: Reply): Promise<void> {
    void reply
      .code(200)
      .header('content-type', this.measured.contentType)
      .send(await this.measured.text());
  }
}
