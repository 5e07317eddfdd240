// Wires the bindings.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ActiveBindings } from './active-bindings.js';
import { BindingPublisher } from './binding-publisher.js';
import { BindingRows } from './binding-rows.js';
import { Bindings } from './bindings.js';
import { MessageDeduplication } from './message-deduplication.js';
import { MessageRouter } from './message-router.js';
import { Owners } from './owners.js';
import { PerMessageRunner } from './per-message-runner.js';
import { RunRequestBuilder } from './run-request-builder.js';
import { ServiceForwarder } from './service-forwarder.js';
import { ServiceOutputPublishers } from './service-output-publishers.js';
import { Streams } from './streams.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, RunsModule],
  providers: [
    BindingRows,
    Bindings,
    ActiveBindings,
    MessageDeduplication,
    RunRequestBuilder,
    MessageRouter,
    ServiceOutputPublishers,
    BindingPublisher,
    Owners,
    ServiceForwarder,
    PerMessageRunner,
    Streams,
  ],
  exports: [Bindings, Streams],
})
export class BindingsModule {}
