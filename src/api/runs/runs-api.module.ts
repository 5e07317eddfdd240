// The runs over HTTP: /api/run/ and /api/lane/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { DefinitionsModule } from '../../definitions/definitions.module.js';
import { ResultsModule } from '../../results/results.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { AttachController } from './attach-controller.js';
import { LaneController } from './lane-controller.js';
import { RecentRunsController } from './recent-runs-controller.js';
import { RerunController } from './rerun-controller.js';
import { RunActionsController } from './run-actions-controller.js';
import { RunArchiveController } from './run-archive-controller.js';
import { RunBytes } from './run-bytes.js';
import { RunController } from './run-controller.js';
import { RunFilesController } from './run-files-controller.js';
import { RunMessageController } from './run-message-controller.js';
import { RunResultController } from './run-result-controller.js';
import { RunStreamController } from './run-stream-controller.js';
import { ShortRunController } from './short-run-controller.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, ResultsModule, RunsModule, RunHttpModule],
  providers: [RunBytes],
  controllers: [
    RecentRunsController,
    RunController,
    RunActionsController,
    RerunController,
    RunMessageController,
    LaneController,
    RunResultController,
    RunStreamController,
    RunFilesController,
    RunArchiveController,
    AttachController,
    ShortRunController,
  ],
})
export class RunsApiModule {}
