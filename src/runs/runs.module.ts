// Wires the runs room.
import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ResultsModule } from '../results/results.module.js';
import { CreatedFiles } from './created-files.js';
import { Departures } from './departures.js';
import { Digests } from './digests.js';
import { EndJournal } from './end-journal.js';
import { FilesOfRuns } from './files-of-runs.js';
import { KeptEnds } from './kept-ends.js';
import { KeptRuns } from './kept-runs.js';
import { Leftovers } from './leftovers.js';
import { MessageKeys } from './message-keys.js';
import { Readiness } from './readiness.js';
import { Recovery } from './recovery.js';
import { Retention } from './retention.js';
import { RunBytes } from './run-bytes.js';
import { RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';
import { RunSurroundings } from './run-surroundings.js';
import { Runs } from './runs.js';
import { Services } from './services.js';
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
