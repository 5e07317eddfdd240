// Hands a message to the service of a binding, which is started when it does not run; its messages are published as they come.
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { busMessageBytes } from '../bus/bus.js';
import { CodedError } from '../model/coded-error.js';
import { Services } from '../runs/services.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingPublisher } from './binding-publisher.js';
import { DeliveryAttempts, ServiceLines } from './delivery-attempts.js';
import { MessageDeduplication } from './message-deduplication.js';
import { answerTo } from './message-ids.js';
import type { MessageTask } from './per-message-runner.js';
import { isLasting, pause, retryUntilClosed } from './retry-until-closed.js';
import { RunRequestBuilder } from './run-request-builder.js';
import type { ServiceOutputPublisher } from './service-output-publisher.js';

export interface ServiceTask extends MessageTask {
  publisher: ServiceOutputPublisher;
}

@Injectable()
export class ServiceForwarder {
  private readonly lines = new ServiceLines();

  constructor(
    private readonly services: Services,
    private readonly orders: RunRequestBuilder,
    private readonly journal: MessageDeduplication,
    private readonly publisher: BindingPublisher,
  ) {}

  /** Starts the service of the binding if it does not run, and follows it. */
  async ensure(binding: BindingEntity, publisher: ServiceOutputPublisher): Promise<string> {
    const owner = await this.orders.owner(binding);
    const runId = await this.services.ensure(owner, await this.orders.definition(owner, binding));
    publisher.follow(runId);
    return runId;
  }

  /** Resolves when the message is acknowledged, or when the bus has taken it back. Never rejects. */
  async handle(task: ServiceTask): Promise<void> {
    const { binding, delivery } = task;
    try {
      const known = await retryUntilClosed(task, () => this.journal.find(binding.id, delivery.message.messageId));
      if (known?.doneAtMs) return delivery.ack();
      const failed = new DeliveryAttempts();
      for (let tries = 1; delivery.live; tries++) {
        const refused = await this.deliver(task, failed);
        if (refused === null) return await this.settle(task, 'handled');
        if (tries >= binding.maxTries) return await this.bury(task, refused, tries);
        await pause(task, tries);
      }
    } catch (error) {
      if (isLasting(error)) await this.bury(task, error.message, 0).catch(() => {});
    }
  }

  /** Returns why the service did not take the message; null when it did. Waits for a service that is down. */
  private async deliver(task: ServiceTask, failed: DeliveryAttempts): Promise<string | null> {
    const outcome = await retryUntilClosed(task, () => this.send(task, failed));
    if (outcome instanceof CodedError) return outcome.message;
    if (outcome) await this.publish(task, outcome);
    return null;
  }

  /** Returns the reply, where messages go in and out by a port; or why this try failed. */
  private async send({ binding, delivery, publisher }: ServiceTask, failed: DeliveryAttempts): Promise<Buffer | null | CodedError> {
    const runId = await this.ensure(binding, publisher);
    const owner = await this.orders.owner(binding);
    const before = this.services.runOf(binding.definitionId);
    const turn = this.lines.enter(runId, before);
    try {
      const reply = await this.services.deliver(owner, runId, delivery.message.body);
      return reply && (await readWhole(reply));
    } catch (error) {
      return failed.judge(error, turn);
    } finally {
      this.lines.leave(runId);
    }
  }

  /** Publishes the reply as the output of its message. */
  private async publish(task: ServiceTask, body: Buffer): Promise<void> {
    const output = { ...answerTo(task.delivery.message, task.binding), body };
    await retryUntilClosed(task, () => this.publisher.publish(task.binding, output));
  }

  private async bury(task: ServiceTask, reason: string, tries: number): Promise<void> {
    await retryUntilClosed(task, () => this.publisher.deadLetter(task.binding, task.delivery.message, { reason, tries, runId: null }));
    await this.settle(task, 'failed');
  }

  private async settle(task: ServiceTask, outcome: 'handled' | 'failed'): Promise<void> {
    const { binding, delivery } = task;
    await retryUntilClosed(task, () =>
      this.journal.done({ bindingId: binding.id, messageId: delivery.message.messageId, runId: null }, outcome),
    );
    task.say(null);
    delivery.ack();
  }
}

/** Throws output_gone when the reply is larger than a message may be. */
async function readWhole(reply: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    bytes += chunk.length;
    if (bytes > busMessageBytes) throw new CodedError('output_gone', `the reply of the service has more than ${busMessageBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
