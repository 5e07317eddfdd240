// The whole application, wired for these settings.
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions, protectSqliteFile, refuseEmpty } from '../database/data-source.js';
import { DatabaseMark } from '../database/database-mark.js';
import { databaseTarget, type Settings } from '../settings/settings.js';
import { databaseContents } from './database-contents.js';
import { DoorsModule } from './doors.module.js';
import type { ExecutionEnvironment } from './execution-environment.js';
import { ProvidersModule } from './providers.module.js';

@Module({})
export class AppModule {
  static of(settings: Settings, environment: ExecutionEnvironment): DynamicModule {
    const useFactory = async () => {
      const target = databaseTarget(settings);
      const mark = new DatabaseMark(settings.dataDir, target);
      if (target.kind === 'sqlite') protectSqliteFile(target.file);
      else if (mark.isKnown) await refuseEmpty(target, mark.advice('begin anew'));
      const options = await dataSourceOptions({ target, durability: settings.durability }, databaseContents);
      return { ...options, migrationsRun: true, retryAttempts: 0 };
    };
    return {
      module: AppModule,
      imports: [TypeOrmModule.forRootAsync({ useFactory }), ProvidersModule.of(settings, environment), DoorsModule.of(settings.compat)],
    };
  }
}
