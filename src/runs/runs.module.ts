// Wires the runs room.
import { Module } from '@nestjs/common';
import { ResultsModule } from '../results/results.module.js';
import { CreatedFiles } from './created-files.js';
import { FilesOfRuns } from './files-of-runs.js';
import { FinishedRuns } from './finished-runs.js';
import { Leftovers } from './leftovers.js';
import { Retention } from './retention.js';
import { RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';
import { RunSurroundings, Runs } from './runs.js';

@Module({
  imports: [ResultsModule],
  providers: [RunSurroundings, Runs, RunRows, RunStore, CreatedFiles, FilesOfRuns, FinishedRuns, Leftovers, Retention],
  exports: [Runs, RunStore, FilesOfRuns, CreatedFiles],
})
export class RunsModule {}
