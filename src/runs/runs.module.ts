// Wires the runs room.
import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ResultsModule } from '../results/results.module.js';
import { Departures } from './active-runs.js';
import { Digests } from './digests.js';
import { EndJournal } from './end-journal.js';
import { FilesOfRuns } from './files-of-runs.js';
import { MessageKeys } from './message-idempotency.js';
import { RunBytes } from './message-storage.js';
import { KeptEnds } from './pending-ends.js';
import { CreatedFiles } from './pending-run-files.js';
import { Readiness } from './readiness.js';
import { Recovery } from './recovery.js';
import { Retention } from './retention.js';
import { KeptRuns } from './retention-store.js';
import { RunSurroundings } from './run-dependencies.js';
import { RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';
import { Runs } from './runs.js';
import { Services } from './services.js';
import { Leftovers } from './stale-runs.js';
import { TakeoverMarks } from './takeover-marks.js';

@Module({
  imports: [DefinitionsModule, ResultsModule],
  providers: [
    RunSurroundings,
    Departures,
    Digests,
    EndJournal,
    KeptEnds,
    Runs,
    Services,
    MessageKeys,
    RunRows,
    RunStore,
    RunBytes,
    CreatedFiles,
    FilesOfRuns,
    KeptRuns,
    Leftovers,
    TakeoverMarks,
    Readiness,
    Recovery,
    Retention,
  ],
  exports: [Readiness, Recovery, Runs, Services, RunStore, RunBytes, FilesOfRuns, CreatedFiles],
})
export class RunsModule {}
