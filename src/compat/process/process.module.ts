// The NestJS module of the procaas interface: POST /process.
import { Module } from '@nestjs/common';
import { ResultsModule } from '../../results/results.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { InteractiveController } from './interactive-controller.js';
import { ProcessAnswers } from './process-answers.js';
import { ProcessController } from './process-controller.js';
import { ProcessRequests } from './read-process.js';

@Module({
  imports: [ResultsModule, RunsModule, RunHttpModule],
  controllers: [ProcessController, InteractiveController],
  providers: [ProcessRequests, ProcessAnswers],
})
export class ProcessModule {}
