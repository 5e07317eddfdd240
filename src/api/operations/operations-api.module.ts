// The operation of the server over HTTP: facts, probes, metrics.
import { Module } from '@nestjs/common';
import { BindingsModule } from '../../bindings/bindings.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { AboutController } from './about-controller.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics-controller.js';
import { ProbeController } from './probe-controller.js';
import { ServerController } from './server-controller.js';

@Module({
  imports: [BindingsModule, RunsModule],
  controllers: [AboutController, ServerController, ProbeController, MetricsController],
  providers: [Metrics],
  exports: [Metrics],
})
export class OperationsApiModule {}
