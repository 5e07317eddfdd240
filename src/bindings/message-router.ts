// Decides where a message goes: to its own process, or to the service, as the definition says now.
import { Injectable } from '@nestjs/common';
import type { BindingEntity } from './binding.entity.js';
import { PerMessageRunner } from './per-message-runner.js';
import { retryUntilClosed } from './retry-until-closed.js';
import { RunRequestBuilder } from './run-request-builder.js';
import { ServiceForwarder, type ServiceTask } from './service-forwarder.js';
import type { ServiceOutputPublisher, ServicePosition } from './service-output-publisher.js';
import { ServiceOutputPublishers } from './service-output-publishers.js';

@Injectable()
export class MessageRouter {
  constructor(
    private readonly orders: RunRequestBuilder,
    private readonly single: PerMessageRunner,
    private readonly services: ServiceForwarder,
    private readonly publishers: ServiceOutputPublishers,
  ) {}

  outflow(binding: BindingEntity): ServiceOutputPublisher {
    return this.publishers.of(binding);
  }

  newest(definitionId: number): Promise<ServicePosition> {
    return this.publishers.newest(definitionId);
  }

  /** Starts the service of a binding together with the binding. Never rejects. */
  async begin(binding: BindingEntity, publisher: ServiceOutputPublisher): Promise<void> {
    const start = async () => {
      if (await this.orders.isService(binding)) await this.services.ensure(binding, publisher);
    };
    await retryUntilClosed(publisher.holding, start).catch((error: Error) => publisher.holding.say(error.message));
  }

  /** Resolves when the message is acknowledged, or when the bus has taken it back. Never rejects. */
  async handle(task: ServiceTask): Promise<void> {
    const isService = await retryUntilClosed(task, () => this.orders.isService(task.binding)).catch(() => null);
    if (isService !== null) await (isService ? this.services : this.single).handle(task);
  }
}
