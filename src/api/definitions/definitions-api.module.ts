// The definitions over HTTP: /api/process_definition/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { DefinitionsModule } from '../../definitions/definitions.module.js';
import { RunHttpModule } from '../../run-http/run-http.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { DefinitionController } from './definition-controller.js';
import { DefinitionListController } from './definition-list-controller.js';
import { RevisionController } from './revision-controller.js';
import { SaveTests } from './save-tests.js';
import { WriteAnswers } from './write-answers.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, RunHttpModule, RunsModule],
  controllers: [DefinitionListController, RevisionController, DefinitionController],
  providers: [SaveTests, WriteAnswers],
})
export class DefinitionsApiModule {}
