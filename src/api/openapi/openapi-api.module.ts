// OpenAPI documents of stored definitions.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { DefinitionsModule } from '../../definitions/definitions.module.js';
import { DefinitionDocuments } from './definition-documents.js';
import { OpenapiController } from './openapi-controller.js';

@Module({ imports: [AccountsModule, DefinitionsModule], controllers: [OpenapiController], providers: [DefinitionDocuments] })
export class OpenapiApiModule {}
