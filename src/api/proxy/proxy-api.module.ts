// The programs of runs as HTTP servers: /api/run/ID/http/.
import { Module } from '@nestjs/common';
import { ProxyModule } from '../../proxy/proxy.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { RunProxyController } from './run-proxy-controller.js';

@Module({ imports: [RunsModule, ProxyModule], controllers: [RunProxyController] })
export class ProxyApiModule {}
