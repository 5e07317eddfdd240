// The NestJS module of the coderunner and glot interface: POST /run.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { Callbacks } from './callbacks.js';
import { CodeController } from './code-controller.js';
import { LanguagesController } from './languages-controller.js';
import { RunCode } from './run-code.js';

@Module({
  imports: [AccountsModule, RunsModule, RunHttpModule],
  controllers: [CodeController, LanguagesController],
  providers: [RunCode, Callbacks],
})
export class RunCodeModule {}
