// The whole application, wired for the given settings.
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsApiModule } from '../api/accounts/accounts-api.module.js';
import { AdaptersApiModule } from '../api/adapters/adapters-api.module.js';
import { BindingsApiModule } from '../api/bindings/bindings-api.module.js';
import { DefinitionsApiModule } from '../api/definitions/definitions-api.module.js';
import { EventsApiModule } from '../api/events/events-api.module.js';
import { ExecuteApiModule } from '../api/execute/execute-api.module.js';
import { ImportsApiModule } from '../api/imports/imports-api.module.js';
import { OpenapiApiModule } from '../api/openapi/openapi-api.module.js';
import { OperationsApiModule } from '../api/operations/operations-api.module.js';
import { PageApiModule } from '../api/page/page-api.module.js';
import { ProxyApiModule } from '../api/proxy/proxy-api.module.js';
import { RunsApiModule } from '../api/runs/runs-api.module.js';
import { JobsModule } from '../compat/jobs/jobs.module.js';
import { ProcessModule } from '../compat/process/process.module.js';
import { RunCodeModule } from '../compat/run-code/run-code.module.js';
import { dataSourceOptions, protectSqliteFile, refuseEmpty } from '../database/data-source.js';
import { DatabaseMark } from '../database/database-mark.js';
import { McpModule } from '../mcp/mcp.module.js';
import type { CompatName } from '../settings/compat-names.js';
import { databaseTarget, type Settings } from '../settings/settings.js';
import { databaseContents } from './database-contents.js';
import type { ExecutionEnvironment } from './execution-environment.js';
import { ProvidersModule } from './providers.module.js';

/** The features; each is a module that imports the modules that it needs. */
const features = [
  OperationsApiModule,
  OpenapiApiModule,
  DefinitionsApiModule,
  ImportsApiModule,
  ExecuteApiModule,
  RunsApiModule,
  BindingsApiModule,
  EventsApiModule,
  ProxyApiModule,
  AccountsApiModule,
  AdaptersApiModule,
  McpModule,
  PageApiModule,
];

/** The features that COMPAT turns on and off; one that is off has no routes. */
const compatFeatures: Record<CompatName, Type> = { 'run-code': RunCodeModule, process: ProcessModule, jobs: JobsModule };

@Module({})
export class AppModule {
  static of(settings: Settings, environment: ExecutionEnvironment): DynamicModule {
    const useFactory = async () => {
      const target = databaseTarget(settings);
      const mark = new DatabaseMark(settings.dataDir, target);
      if (target.kind === 'sqlite') protectSqliteFile(target.file);
      else if (mark.isKnown) await refuseEmpty(target, mark.advice('start over'));
      const options = await dataSourceOptions({ target, durability: settings.durability }, databaseContents);
      return { ...options, migrationsRun: true, retryAttempts: 0 };
    };
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRootAsync({ useFactory }),
        ProvidersModule.of(settings, environment),
        ...features,
        ...settings.compat.map((name) => compatFeatures[name]),
      ],
    };
  }
}
