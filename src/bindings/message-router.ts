// Which way a message goes: to a process of its own, or to the service, as the definition says now.
import { Injectable } from '@nestjs/common';
import type { BindingEntity } from './binding.entity.js';
import { SingleMessages } from './per-message-runner.js';
import { persist } from './retry-until-closed.js';
import { MessageOrders } from './run-request-builder.js';
import { ServiceDeliveries, type ServiceTask } from './service-forwarder.js';
import type { Outflow, ServicePosition } from './service-output-publisher.js';
import { Outflows } from './service-output-publishers.js';

@Injectable()
export class MessageWays {
  constructor(
    private readonly orders: MessageOrders,
    private readonly single: SingleMessages,
    private readonly services: ServiceDeliveries,
    private readonly outflows: Outflows,
  ) {}

  outflow(binding: BindingEntity): Outflow {
    return this.outflows.of(binding);
  }

  newest(definitionId: number): Promise<ServicePosition> {
    return this.outflows.newest(definitionId);
  }

  /** A service runs from the start of its binding on. Never rejects. */
  async begin(binding: BindingEntity, outflow: Outflow): Promise<void> {
    const start = async () => {
      if (await this.orders.isService(binding)) await this.services.ensure(binding, outflow);
    };
    await persist(outflow.holding, start).catch((error: Error) => outflow.holding.say(error.message));
  }

  /** Resolves when the message is acknowledged, or when the bus has taken it back. Never rejects. */
  async handle(task: ServiceTask): Promise<void> {
    const isService = await persist(task, () => this.orders.isService(task.binding)).catch(() => null);
    if (isService !== null) await (isService ? this.services : this.single).handle(task);
  }
}
