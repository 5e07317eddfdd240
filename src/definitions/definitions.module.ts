// Wires the definitions room.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionReferences } from './definition-references.js';
import { DefinitionRows } from './definition-rows.js';
import { Definitions } from './definitions.js';
import { Removals } from './removal-listeners.js';
import { Revisions } from './revisions.js';

@Module({
  imports: [AccountsModule],
  providers: [DefinitionRows, DefinitionReferences, Definitions, Removals, Revisions],
  exports: [Definitions, Revisions],
})
export class DefinitionsModule {}
