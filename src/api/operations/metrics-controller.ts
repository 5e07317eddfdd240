// The metrics, for whoever watches this server.
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
    summary: 'What Prometheus scrapes',
    description: 'Without login from this machine itself, when no proxy stands between; from elsewhere for admins',
    answers: { 200: { what: "metrics in Prometheus' text form", body: { 'text/plain': { type: 'string' } } } },
  })
  async metrics(@Res() reply: Reply): Promise<void> {
    void reply
      .code(200)
      .header('content-type', this.measured.contentType)
      .send(await this.measured.text());
  }
}
