// Wires the bindings room.
import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DefinitionsModule } from '../definitions/definitions.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ActiveBindings } from './active-bindings.js';
import { BindingRows } from './binding-rows.js';
import { Bindings } from './bindings.js';
import { MessageJournal } from './message-journal.js';
import { MessageOrders } from './message-order.js';
import { MessageWays } from './message-ways.js';
import { Outflows } from './outflows.js';
import { Outlets } from './outlets.js';
import { Owners } from './owners.js';
import { ServiceDeliveries } from './service-deliveries.js';
import { SingleMessages } from './single-messages.js';
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
