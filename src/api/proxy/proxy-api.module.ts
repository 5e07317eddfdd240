// The programs of runs as HTTP servers: /api/run/ID/http/, /run-page/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { ProxyModule } from '../../proxy/proxy.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { RunPageController } from './run-page-controller.js';
import { RunProxyController } from './run-proxy-controller.js';

@Module({ imports: [AccountsModule, RunsModule, ProxyModule], controllers: [RunProxyController, RunPageController] })
export class ProxyApiModule {}
