// Wires the bindings room.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ActiveBindings } from './active-bindings.js';
import { Outlets } from './binding-publisher.js';
import { BindingRows } from './binding-rows.js';
import { Bindings } from './bindings.js';
import { MessageJournal } from './message-deduplication.js';
import { MessageWays } from './message-router.js';
import { Owners } from './owners.js';
import { SingleMessages } from './per-message-runner.js';
import { MessageOrders } from './run-request-builder.js';
import { ServiceDeliveries } from './service-forwarder.js';
import { Outflows } from './service-output-publishers.js';
import { Streams } from './streams.js';

@Module({
  imports: [AccountsModule, DefinitionsModule, RunsModule],
  providers: [
    BindingRows,
    Bindings,
    ActiveBindings,
    MessageJournal,
    MessageOrders,
    MessageWays,
    Outflows,
    Outlets,
    Owners,
    ServiceDeliveries,
    SingleMessages,
    Streams,
  ],
  exports: [Bindings, Streams],
})
export class BindingsModule {}
