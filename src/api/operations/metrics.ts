// All metrics of this server, in one registry.
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Bindings } from '../../bindings/bindings.js';
import { Streams } from '../../bindings/streams.js';
import { HttpMetrics } from '../../http/http-metrics.js';
import { RunCounters } from '../../model/run-counters.js';
import { ServerFacts } from '../../model/server-facts.js';
import { measureBindings } from './binding-metrics.js';
import { measureProcess } from './process-metrics.js';
import { measureRuns } from './run-metrics.js';

@Injectable()
export class Metrics {
  readonly http: HttpMetrics;
  readonly contentType: string;
  private readonly registry = new Registry();

  constructor(counters: RunCounters, { version, database, launcher, isolation }: ServerFacts, bindings: Bindings, streams: Streams) {
    this.contentType = this.registry.contentType;
    this.http = new HttpMetrics(this.registry);
    measureRuns(counters, this.registry);
    measureBindings({ bindings, streams }, this.registry);
    measureProcess(this.registry);
    const facts = { version, node: process.version, database, launcher, isolation };
    const build = { name: 'procreg_build_info', help: 'Always 1; the labels identify this server.' };
    new Gauge({ ...build, labelNames: Object.keys(facts), registers: [this.registry] }).set(facts, 1);
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
