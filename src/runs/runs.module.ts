// Wires the runs.
import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { ResultsModule } from '../results/results.module.js';
import { ActiveRuns } from './active-runs.js';
import { CreatedRuns } from './created-runs.js';
import { Digests } from './digests.js';
import { DiskRoom } from './disk-room.js';
import { EndJournal } from './end-journal.js';
import { FilesOfRuns } from './files-of-runs.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { KeptInputs } from './kept-inputs.js';
import { LateStarts } from './late-starts.js';
import { MessageIdempotency } from './message-idempotency.js';
import { MessageStorage } from './message-storage.js';
import { ParkedRuns } from './parked-runs.js';
import { PendingEnds } from './pending-ends.js';
import { PendingRunFiles } from './pending-run-files.js';
import { QueuedPlaces } from './queued-places.js';
import { Readiness } from './readiness.js';
import { RecentRuns } from './recent-runs.js';
import { Recovery } from './recovery.js';
import { Reruns } from './reruns.js';
import { Retention } from './retention.js';
import { RetentionStore } from './retention-store.js';
import { RunChanges } from './run-changes.js';
import { RunCounting } from './run-counting.js';
import { RunDependencies } from './run-dependencies.js';
import { RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';
import { Runs } from './runs.js';
import { Services } from './services.js';
import { StaleRuns } from './stale-runs.js';
import { TakeoverMarks } from './takeover-marks.js';
import { UserBytes } from './user-bytes.js';

@Module({
  imports: [DefinitionsModule, ResultsModule],
  providers: [
    RunDependencies,
    ActiveRuns,
    LateStarts,
    ParkedRuns,
    QueuedPlaces,
    Digests,
    EndJournal,
    PendingEnds,
    CreatedRuns,
    Runs,
    Services,
    IdempotencyKeys,
    MessageIdempotency,
    RunChanges,
    RunCounting,
    RunRows,
    RecentRuns,
    RunStore,
    MessageStorage,
    PendingRunFiles,
    FilesOfRuns,
    KeptInputs,
    Reruns,
    RetentionStore,
    UserBytes,
    DiskRoom,
    StaleRuns,
    TakeoverMarks,
    Readiness,
    Recovery,
    Retention,
  ],
  exports: [
    Readiness,
    Recovery,
    Runs,
    Services,
    RunStore,
    MessageStorage,
    FilesOfRuns,
    PendingRunFiles,
    IdempotencyKeys,
    MessageIdempotency,
    KeptInputs,
    Reruns,
    RecentRuns,
  ],
})
export class RunsModule {}
