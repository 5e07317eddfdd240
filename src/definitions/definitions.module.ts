// Wires the definitions.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionCommits } from './definition-commits.js';
import { DefinitionReferences } from './definition-references.js';
import { DefinitionRows } from './definition-rows.js';
import { DefinitionWarnings } from './definition-warnings.js';
import { Definitions } from './definitions.js';
import { RemovalListeners } from './removal-listeners.js';
import { Revisions } from './revisions.js';

@Module({
  imports: [AccountsModule],
  providers: [DefinitionRows, DefinitionCommits, DefinitionReferences, DefinitionWarnings, Definitions, RemovalListeners, Revisions],
  exports: [Definitions, DefinitionWarnings, Revisions],
})
export class DefinitionsModule {}
