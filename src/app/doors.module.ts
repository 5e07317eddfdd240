// Wires the doors.
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { OwnAccountController } from '../api/accounts/own-account-controller.js';
import { UserController } from '../api/accounts/user-controller.js';
import { AdapterController } from '../api/adapters/adapter-controller.js';
import { BindingController } from '../api/bindings/binding-controller.js';
import { StreamController } from '../api/bindings/stream-controller.js';
import { DefinitionController } from '../api/definitions/definition-controller.js';
import { DefinitionListController } from '../api/definitions/definition-list-controller.js';
import { RevisionController } from '../api/definitions/revision-controller.js';
import { ExecuteController } from '../api/execute/execute-controller.js';
import { PlanController } from '../api/execute/plan-controller.js';
import { AboutController } from '../api/operations/about-controller.js';
import { Metrics } from '../api/operations/metrics.js';
import { MetricsController } from '../api/operations/metrics-controller.js';
import { ProbeController } from '../api/operations/probe-controller.js';
import { ServerController } from '../api/operations/server-controller.js';
import { RunProxyController } from '../api/proxy/run-proxy-controller.js';
import { AttachController } from '../api/runs/attach-controller.js';
import { LaneController } from '../api/runs/lane-controller.js';
import { RunActionsController } from '../api/runs/run-actions-controller.js';
import { RunArchiveController } from '../api/runs/run-archive-controller.js';
import { RunController } from '../api/runs/run-controller.js';
import { RunFilesController } from '../api/runs/run-files-controller.js';
import { RunMessageController } from '../api/runs/run-message-controller.js';
import { RunResultController } from '../api/runs/run-result-controller.js';
import { BindingsModule } from '../bindings/bindings.module.js';
import { AgentConnector } from '../compat/jobs/agent-connector.js';
import { AgentFiles } from '../compat/jobs/agent-files.js';
import { AgentJobStore } from '../compat/jobs/agent-job-store.js';
import { AgentProgram } from '../compat/jobs/agent-program.js';
import { AgentService } from '../compat/jobs/agent-service.js';
import { Agents } from '../compat/jobs/agents.js';
import { JobArchiveController } from '../compat/jobs/job-archive-controller.js';
import { JobBridgeController } from '../compat/jobs/job-bridge-controller.js';
import { JobController } from '../compat/jobs/job-controller.js';
import { JobCreateController } from '../compat/jobs/job-create-controller.js';
import { JobFiles } from '../compat/jobs/job-files.js';
import { JobFilesController } from '../compat/jobs/job-files-controller.js';
import { JobProxyController } from '../compat/jobs/job-proxy-controller.js';
import { Jobs } from '../compat/jobs/jobs.js';
import { RouterClient } from '../compat/jobs/router-client.js';
import { RouterController } from '../compat/jobs/router-controller.js';
import { RpcController } from '../compat/jobs/rpc-controller.js';
import { InteractiveController } from '../compat/process/interactive-controller.js';
import { ProcessAnswers } from '../compat/process/process-answers.js';
import { ProcessController } from '../compat/process/process-controller.js';
import { ProcessRequests } from '../compat/process/read-process.js';
import { Callbacks } from '../compat/run-code/callbacks.js';
import { CodeController } from '../compat/run-code/code-controller.js';
import { LanguagesController } from '../compat/run-code/languages-controller.js';
import { RunCode } from '../compat/run-code/run-code.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { RunProxy } from '../proxy/run-proxy.js';
import { ResultsModule } from '../results/results.module.js';
import { Attachments } from '../run-http/attachments.js';
import { RunAnswers } from '../run-http/run-answers.js';
import { ServiceMessages } from '../run-http/service-messages.js';
import { RunsModule } from '../runs/runs.module.js';
import type { CompatName } from '../settings/compat-names.js';

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
  RunActionsController,
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

/** What a door of COMPAT adds; one that is closed has no routes. */
const doors: Partial<Record<CompatName, { controllers: Type[]; providers: Provider[] }>> = {
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
    providers: [Jobs, JobFiles, Agents, AgentConnector, AgentService, AgentFiles, AgentProgram, AgentJobStore, RouterClient],
  },
};

@Module({
  imports: [AccountsModule, BindingsModule, DefinitionsModule, ResultsModule, RunsModule],
  controllers,
  providers: [RunAnswers, RunProxy, ServiceMessages, Metrics, Attachments],
})
export class DoorsModule {
  static of(open: CompatName[]): DynamicModule {
    const opened = open.map((name) => doors[name]);
    return {
      module: DoorsModule,
      controllers: opened.flatMap((door) => door?.controllers ?? []),
      providers: opened.flatMap((door) => door?.providers ?? []),
    };
  }
}
