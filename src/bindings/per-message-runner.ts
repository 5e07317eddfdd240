// Handles a message by a definition with one process per message: a run, its output confirmed, and only then the acknowledgement.
import { Injectable } from '@nestjs/common';
import { busMessageBytes, type Delivery } from '../bus/bus.js';
import { endedForItsOwner } from '../model/start-rights.js';
import { MessageStorage } from '../runs/message-storage.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Runs } from '../runs/runs.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingPublisher, type DeadLetterReason } from './binding-publisher.js';
import { MessageDeduplication } from './message-deduplication.js';
import { answerTo } from './message-ids.js';
import { type Holding, isLasting, pause, retryUntilClosed } from './retry-until-closed.js';
import { RunRequestBuilder } from './run-request-builder.js';

export interface MessageTask extends Holding {
  delivery: Delivery;
  binding: BindingEntity;
}

@Injectable()
export class PerMessageRunner {
  constructor(
    private readonly runs: Runs,
    private readonly storage: MessageStorage,
    private readonly orders: RunRequestBuilder,
    private readonly journal: MessageDeduplication,
    private readonly publisher: BindingPublisher,
  ) {}

  /** Resolves when the message is acknowledged, or when the bus has taken it back. Never rejects. */
  async handle(task: MessageTask): Promise<void> {
    const death: DeadLetterReason = { reason: '', tries: 0, runId: null };
    try {
      await this.tryUntilDone(task, death);
    } catch (error) {
      if (isLasting(error)) await this.bury(task, { ...death, reason: error.message }).catch(() => {});
    }
  }

  /** `death`: what a dead letter would say at this point. */
  private async tryUntilDone(task: MessageTask, death: DeadLetterReason): Promise<void> {
    const { binding, delivery } = task;
    const known = await retryUntilClosed(task, () => this.journal.find(binding.id, delivery.message.messageId));
    // only the acknowledgement of the message was lost
    if (known?.doneAtMs) return delivery.ack();
    // a run that ended because its owner may not start anything does not count as a try: the message was not at fault
    let spared = 0;
    for (let tries = Math.max(1, known?.tries ?? 0); delivery.live; tries++) {
      const run = await this.run(task, tries);
      Object.assign(death, { tries, runId: run?.id ?? null, reason: run?.error ?? 'the run of the message was removed' });
      if (!delivery.live) return;
      if (run?.success) return this.publish(task, run);
      if (run && endedForItsOwner(run.error)) spared++;
      if (tries - spared >= binding.maxTries) return this.bury(task, death);
      await pause(task, tries);
    }
  }

  /** Returns the run of this try once the run has ended; null when the run was removed meanwhile. */
  private async run(task: MessageTask, tries: number): Promise<RunEntity | null> {
    const id = await retryUntilClosed(task, () => this.submit(task, tries));
    await this.runs.wait(id, Number.POSITIVE_INFINITY);
    return retryUntilClosed(task, () => this.runs.recorded(id));
  }

  private async submit({ binding, delivery }: MessageTask, tries: number): Promise<string> {
    const owner = await this.orders.owner(binding);
    const read = async (runId: string) => {
      const request = await this.orders.build({ binding, delivery, owner, runId });
      const claim = this.journal.claim({ bindingId: binding.id, messageId: delivery.message.messageId, tries, runId });
      return { run: { ...request, claim } };
    };
    return (await this.runs.accept(owner, read)).id;
  }

  private async publish(task: MessageTask, run: RunEntity): Promise<void> {
    const { binding, delivery } = task;
    const body = await retryUntilClosed(task, () => this.storage.output(run, busMessageBytes));
    const more = { contentType: run.outputType ?? undefined, headers: { 'x-run': run.id } };
    if (body !== null)
      await retryUntilClosed(task, () => this.publisher.publish(binding, { ...answerTo(delivery.message, binding), body, ...more }));
    await this.settle(task, 'handled');
  }

  private async bury(task: MessageTask, death: DeadLetterReason): Promise<void> {
    await retryUntilClosed(task, () => this.publisher.deadLetter(task.binding, task.delivery.message, death));
    await this.settle(task, 'failed');
  }

  private async settle(task: MessageTask, outcome: 'handled' | 'failed'): Promise<void> {
    const { binding, delivery } = task;
    await retryUntilClosed(task, () =>
      this.journal.done({ bindingId: binding.id, messageId: delivery.message.messageId, runId: null }, outcome),
    );
    task.say(null);
    delivery.ack();
  }
}
