// What people have elsewhere, read as definitions: /api/import/KIND/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { DefinitionsModule } from '../../definitions/definitions.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ExportController } from './export-controller.js';
import { ImportController } from './import-controller.js';
import { ImportedDefinitions } from './imported-definitions.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, RunsModule],
  controllers: [ImportController, ExportController],
  providers: [ImportedDefinitions],
})
export class ImportsApiModule {}
