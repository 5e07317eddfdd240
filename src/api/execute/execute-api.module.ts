// Running a definition over HTTP: execute/, explain/, selftest/.
import { Module } from '@nestjs/common';
import { DefinitionsModule } from '../../definitions/definitions.module.js';
import { ResultsModule } from '../../results/results.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ExecuteController } from './execute-controller.js';
import { PlanController } from './plan-controller.js';

@Module({ imports: [DefinitionsModule, ResultsModule, RunsModule, RunHttpModule], controllers: [ExecuteController, PlanController] })
export class ExecuteApiModule {}
