// A message for a service: the one that runs, or is started for it, takes it in; what comes out is published as it comes.
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type BusMessage, busMessageBytes } from '../bus/bus.js';
import { CodedError } from '../protocol/coded-error.js';
import { Services } from '../runs/services.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingRows } from './binding-rows.js';
import { MessageJournal } from './message-journal.js';
import { MessageOrders } from './message-order.js';
import { Outflow } from './outflow.js';
import { Outlets } from './outlets.js';
import { isLasting, pauseMs, persist } from './persist.js';
import type { MessageTask } from './single-messages.js';

export interface ServiceTask extends MessageTask {
  outflow: Outflow;
}

@Injectable()
export class ServiceDeliveries {
  constructor(
    private readonly services: Services,
    private readonly orders: MessageOrders,
    private readonly journal: MessageJournal,
    private readonly outlets: Outlets,
    private readonly rows: BindingRows,
  ) {}

  outflow(binding: BindingEntity, say: (problem: string | null) => void): Outflow {
    const { services, outlets, rows } = this;
    return new Outflow(binding.id, { services, outlets, rows }, say);
  }

  /** The service of the binding, running or being started, and followed: after what the former one has left unpublished. */
  async ensure(binding: BindingEntity, outflow: Outflow): Promise<string> {
    const owner = await this.orders.owner(binding);
    const runId = await this.services.ensure(owner, await this.orders.definition(owner, binding));
    const former = outflow.isFresh ? (await this.rows.byId(binding.id))?.serviceRun : null;
    if (former && outflow.isFresh) outflow.follow(former);
    outflow.follow(runId);
    return runId;
  }

  /** Resolves when the message is acknowledged, or when the bus has taken it back. Never rejects. */
  async handle(task: ServiceTask): Promise<void> {
    const { binding, delivery } = task;
    try {
      const known = await persist(task, () => this.journal.find(binding.id, delivery.message.messageId));
      if (known?.doneAtMs) return delivery.ack();
      for (let tries = 1; delivery.live; tries++) {
        const refused = await this.deliver(task);
        if (refused === null) return await this.settle(task, 'handled');
        if (tries >= binding.maxTries) return await this.bury(task, refused, tries);
        await sleep(pauseMs(tries), undefined, { ref: false });
      }
    } catch (error) {
      if (isLasting(error)) await this.bury(task, error.message, 0).catch(() => {});
    }
  }

  /** Why the service did not take it; null when it did. A service that is down is waited for. */
  private async deliver(task: ServiceTask): Promise<string | null> {
    const outcome = await persist(task, () => this.send(task).catch(inputError));
    if (outcome instanceof CodedError) return outcome.message;
    if (outcome) await this.publish(task, outcome);
    return null;
  }

  /** The reply, where messages go in and out by a port. */
  private async send({ binding, delivery, outflow }: ServiceTask): Promise<Buffer | null> {
    const runId = await this.ensure(binding, outflow);
    const reply = await this.services.deliver(await this.orders.owner(binding), runId, delivery.message.body);
    return reply && readWhole(reply);
  }

  /** A reply belongs to its message. */
  private async publish(task: ServiceTask, body: Buffer): Promise<void> {
    const { messageId, correlationId, replyTo } = task.delivery.message;
    const output: BusMessage = { body, messageId, correlationId, replyTo };
    await persist(task, () => this.outlets.publish(task.binding, output));
  }

  private async bury(task: ServiceTask, reason: string, tries: number): Promise<void> {
    await persist(task, () => this.outlets.bury(task.binding, task.delivery.message, { reason, tries, runId: null }));
    await this.settle(task, 'failed');
  }

  private async settle({ binding, delivery, say }: ServiceTask, outcome: 'handled' | 'failed'): Promise<void> {
    await persist({ delivery, say }, () =>
      this.journal.done({ bindingId: binding.id, messageId: delivery.message.messageId, runId: null }, outcome),
    );
    say(null);
    delivery.ack();
  }
}

/** A try that failed: the program's side broke off while it took the message. */
function inputError(error: unknown): CodedError {
  if (error instanceof CodedError && error.code === 'input_error') return error;
  throw error;
}

/** Throws output_gone beyond what a message may have. */
async function readWhole(reply: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    bytes += chunk.length;
    if (bytes > busMessageBytes) throw new CodedError('output_gone', `the reply has more than ${busMessageBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
