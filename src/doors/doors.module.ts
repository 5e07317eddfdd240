// Wires the doors.
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { BindingsModule } from '../bindings/bindings.module.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ResultsModule } from '../results/results.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { AboutController } from './about/about-controller.js';
import { OwnAccountController } from './accounts/own-account-controller.js';
import { UserController } from './accounts/user-controller.js';
import { AdapterController } from './adapters/adapter-controller.js';
import { BindingController } from './bindings/binding-controller.js';
import { StreamController } from './bindings/stream-controller.js';
import { DefinitionController } from './definitions/definition-controller.js';
import { DefinitionListController } from './definitions/definition-list-controller.js';
import { RevisionController } from './definitions/revision-controller.js';
import type { DoorName } from './door-names.js';
import { ExecuteController } from './execute/execute-controller.js';
import { PlanController } from './execute/plan-controller.js';
import { AgentDialler } from './jobs/agent-dialler.js';
import { AgentFiles } from './jobs/agent-files.js';
import { AgentProgram } from './jobs/agent-program.js';
import { AgentService } from './jobs/agent-service.js';
import { Agents } from './jobs/agents.js';
import { JobArchiveController } from './jobs/job-archive-controller.js';
import { JobBridgeController } from './jobs/job-bridge-controller.js';
import { JobController } from './jobs/job-controller.js';
import { JobCreateController } from './jobs/job-create-controller.js';
import { JobFiles } from './jobs/job-files.js';
import { JobFilesController } from './jobs/job-files-controller.js';
import { JobProxyController } from './jobs/job-proxy-controller.js';
import { Jobs } from './jobs/jobs.js';
import { RoutedJobs } from './jobs/routed-jobs.js';
import { RouterController } from './jobs/router-controller.js';
import { RouterLink } from './jobs/router-link.js';
import { RpcController } from './jobs/rpc-controller.js';
import { Metrics } from './operating/metrics.js';
import { MetricsController } from './operating/metrics-controller.js';
import { ProbeController } from './operating/probe-controller.js';
import { InteractiveController } from './process/interactive-controller.js';
import { ProcessAnswers } from './process/process-answers.js';
import { ProcessController } from './process/process-controller.js';
import { ProcessRequests } from './process/read-process.js';
import { RunProxy } from './proxy/run-proxy.js';
import { Callbacks } from './run-code/callbacks.js';
import { CodeController } from './run-code/code-controller.js';
import { LanguagesController } from './run-code/languages-controller.js';
import { RunCode } from './run-code/run-code.js';
import { AttachController } from './runs/attach-controller.js';
import { Attachments } from './runs/attachments.js';
import { LaneController } from './runs/lane-controller.js';
import { RunAnswers } from './runs/run-answers.js';
import { RunArchiveController } from './runs/run-archive-controller.js';
import { RunController } from './runs/run-controller.js';
import { RunFilesController } from './runs/run-files-controller.js';
import { RunMessageController } from './runs/run-message-controller.js';
import { RunOrderController } from './runs/run-order-controller.js';
import { RunProxyController } from './runs/run-proxy-controller.js';
import { RunResultController } from './runs/run-result-controller.js';
import { ServiceMessages } from './runs/service-messages.js';
import { ServerController } from './server/server-controller.js';

const controllers = [
  AboutController,
  ServerController,
  ProbeController,
  MetricsController,
  DefinitionListController,
  RevisionController,
  ExecuteController,
  PlanController,
  DefinitionController,
  RunController,
  RunOrderController,
  RunMessageController,
  LaneController,
  RunResultController,
  RunFilesController,
  RunArchiveController,
  AttachController,
  BindingController,
  StreamController,
  RunProxyController,
  UserController,
  OwnAccountController,
  AdapterController,
];

/** What a door of DOORS adds; one that is closed has no routes. */
const doors: Partial<Record<DoorName, { controllers: Type[]; providers: Provider[] }>> = {
  'run-code': { controllers: [CodeController, LanguagesController], providers: [RunCode, Callbacks] },
  process: { controllers: [ProcessController, InteractiveController], providers: [ProcessRequests, ProcessAnswers] },
  jobs: {
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
    providers: [Jobs, JobFiles, Agents, AgentDialler, AgentService, AgentFiles, AgentProgram, RoutedJobs, RouterLink],
  },
};

@Module({
  imports: [AccountsModule, BindingsModule, DefinitionsModule, ResultsModule, RunsModule],
  controllers,
  providers: [RunAnswers, RunProxy, ServiceMessages, Metrics, Attachments],
})
export class DoorsModule {
  static of(open: DoorName[]): DynamicModule {
    const opened = open.map((name) => doors[name]);
    return {
      module: DoorsModule,
      controllers: opened.flatMap((door) => door?.controllers ?? []),
      providers: opened.flatMap((door) => door?.providers ?? []),
    };
  }
}
