// Wires the parts that all HTTP interfaces for runs share.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ResultsModule } from '../results/results.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { Attachments } from './attachments.js';
import { RunAnswers } from './run-answers.js';
import { RunSources } from './run-sources.js';
import { SelfTests } from './self-tests.js';
import { ServiceMessages } from './service-messages.js';

@Module({
  imports: [AccountsModule, ResultsModule, RunsModule],
  providers: [Attachments, RunAnswers, RunSources, SelfTests, ServiceMessages],
  exports: [Attachments, RunAnswers, RunSources, SelfTests, ServiceMessages],
})
export class RunHttpModule {}
