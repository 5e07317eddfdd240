// Definitions as tools of AI agents, by the Model Context Protocol.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ResultsModule } from '../results/results.module.js';
import { RunHttpModule } from '../run-http/run-http.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { AgentController } from './agent-controller.js';
import { AgentServers } from './agent-server.js';
import { CallResults } from './call-result.js';
import { Cancellations } from './cancellations.js';
import { MetadataController } from './metadata-controller.js';
import { RunResources } from './run-resources.js';
import { ToolCalls } from './tool-calls.js';
import { ToolCatalogue } from './tool-catalogue.js';
import { ToolChanges } from './tool-changes.js';
import { ToolRequests } from './tool-request.js';
import { Tools } from './tools.js';
import { UploadController } from './upload-controller.js';
import { UploadOffers } from './upload-offers.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, ResultsModule, RunHttpModule, RunsModule],
  controllers: [UploadController, AgentController, MetadataController],
  providers: [
    AgentServers,
    CallResults,
    Cancellations,
    RunResources,
    ToolCalls,
    ToolChanges,
    ToolRequests,
    Tools,
    ToolCatalogue,
    UploadOffers,
  ],
})
export class McpModule {}
