// The bindings and the streams over HTTP: /api/binding/, /api/stream/.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { BindingsModule } from '../../bindings/bindings.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { BindingController } from './binding-controller.js';
import { StreamController } from './stream-controller.js';

@Module({ imports: [AccountsModule, BindingsModule, RunsModule], controllers: [BindingController, StreamController] })
export class BindingsApiModule {}
