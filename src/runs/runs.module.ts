// Wires the runs room.
import { Module } from '@nestjs/common';
import { ResultsModule } from '../results/results.module.js';
import { Leftovers } from './leftovers.js';
import { RunRows } from './run-rows.js';
import { RunStore } from './run-store.js';
import { RunSurroundings, Runs } from './runs.js';

@Module({ imports: [ResultsModule], providers: [RunSurroundings, Runs, RunRows, RunStore, Leftovers], exports: [Runs, RunStore] })
export class RunsModule {}
