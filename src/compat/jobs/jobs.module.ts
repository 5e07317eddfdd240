// The NestJS module of the pRouter interface: jobs on this server and on agents.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { ProxyModule } from '../../proxy/proxy.module.js';
import { ResultsModule } from '../../results/results.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { AgentConnector } from './agent-connector.js';
import { AgentFiles } from './agent-files.js';
import { AgentJobStore } from './agent-job-store.js';
import { AgentProgram } from './agent-program.js';
import { AgentService } from './agent-service.js';
import { Agents } from './agents.js';
import { JobArchiveController } from './job-archive-controller.js';
import { JobBridgeController } from './job-bridge-controller.js';
import { JobController } from './job-controller.js';
import { JobCreateController } from './job-create-controller.js';
import { JobFiles } from './job-files.js';
import { JobFilesController } from './job-files-controller.js';
import { JobHosts } from './job-hosts.js';
import { JobProxyController } from './job-proxy-controller.js';
import { Jobs } from './jobs.js';
import { RouterClient } from './router-client.js';
import { RouterController } from './router-controller.js';
import { RpcController } from './rpc-controller.js';

@Module({
  imports: [AccountsModule, ResultsModule, RunsModule, RunHttpModule, ProxyModule],
  controllers: [
    RouterController,
    RpcController,
    JobCreateController,
    JobController,
    JobFilesController,
    JobArchiveController,
    JobProxyController,
    JobBridgeController,
  ],
  providers: [Jobs, JobFiles, JobHosts, Agents, AgentConnector, AgentService, AgentFiles, AgentProgram, AgentJobStore, RouterClient],
})
export class JobsModule {}
