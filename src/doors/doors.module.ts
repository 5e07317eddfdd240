// Wires the doors.
import { Module } from '@nestjs/common';
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
import { ExecuteController } from './execute/execute-controller.js';
import { PlanController } from './execute/plan-controller.js';
import { Metrics } from './operating/metrics.js';
import { MetricsController } from './operating/metrics-controller.js';
import { ProbeController } from './operating/probe-controller.js';
import { RunAnswers } from './runs/run-answers.js';
import { RunArchiveController } from './runs/run-archive-controller.js';
import { RunController } from './runs/run-controller.js';
import { RunFilesController } from './runs/run-files-controller.js';
import { RunMessageController } from './runs/run-message-controller.js';
import { RunOrderController } from './runs/run-order-controller.js';
import { RunResultController } from './runs/run-result-controller.js';
import { ServiceMessages } from './runs/service-messages.js';

@Module({
  imports: [AccountsModule, BindingsModule, DefinitionsModule, ResultsModule, RunsModule],
  controllers: [
    AboutController,
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
    RunResultController,
    RunFilesController,
    RunArchiveController,
    BindingController,
    StreamController,
    UserController,
    OwnAccountController,
    AdapterController,
  ],
  providers: [RunAnswers, ServiceMessages, Metrics],
})
export class DoorsModule {}
