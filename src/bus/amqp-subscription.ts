// One subscription over AMQP: it has its own channel, which is opened again after every loss until the subscription is closed.
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { within } from '../model/within.js';
import { received } from './amqp-message.js';
import { declareSource } from './amqp-queues.js';
import type { BusMessage, Delivery, Source, Subscription, Taking } from './bus.js';

/** The pause before a channel that the broker has closed or refused is opened again. */
const retryMs = 1000;
const closingMs = 1000;
/** Each subscription has its own channel, so that one name can be used for all. */
const consumerTag = 'binding';

export class AmqpSubscription implements Subscription {
  readonly opened: Promise<void>;
  fault: string | null = 'RabbitMQ is not connected';
  private resolveOpened: () => void;
  private model: ChannelModel | null = null;
  private channel: Channel | null = null;
  private closed = false;

  constructor(
    private readonly from: Source,
    private readonly taking: Taking,
    private readonly forget: (subscription: AmqpSubscription) => void,
  ) {
    this.opened = new Promise((resolve) => {
      this.resolveOpened = resolve;
    });
  }

  /** Called for each new connection. Never rejects. */
  async connect(model: ChannelModel): Promise<void> {
    this.model = model;
    try {
      const channel = await model.createChannel();
      channel.on('error', (error: Error) => {
        if (this.model === model) this.fault = error.message;
      });
      channel.once('close', () => this.lost(model, channel));
      this.channel = channel;
      await this.consume(channel);
      if (this.closed) return await this.close();
      if (this.channel !== channel) return;
      this.fault = null;
      this.resolveOpened();
    } catch (error) {
      if (this.model === model) this.fault = (error as Error).message;
    }
  }

  disconnected(fault: string): void {
    this.fault = fault;
    this.model = null;
    this.channel = null;
  }

  async pause(): Promise<void> {
    this.closed = true;
    this.forget(this);
    await this.channel?.cancel(consumerTag).catch(() => {});
  }

  async close(): Promise<void> {
    this.closed = true;
    this.forget(this);
    const { channel } = this;
    this.channel = null;
    await within(closingMs, channel?.close());
  }

  private async consume(channel: Channel): Promise<void> {
    await channel.prefetch(this.taking.prefetch);
    const queue = await declareSource(channel, this.from);
    const take = (message: ConsumeMessage | null) => {
      // null: the queue was removed at the broker
      if (message === null) void channel.close().catch(() => {});
      else this.taking.take(new AmqpDelivery(message, () => (this.channel === channel ? channel : null)));
    };
    await channel.consume(queue, take, { consumerTag });
  }

  private lost(model: ChannelModel, channel: Channel): void {
    if (this.channel !== channel) return;
    this.channel = null;
    if (this.closed) return;
    this.fault ??= 'RabbitMQ closed the channel';
    setTimeout(() => {
      if (!this.closed && this.channel === null && this.model === model) void this.connect(model);
    }, retryMs).unref();
  }
}

class AmqpDelivery implements Delivery {
  readonly message: BusMessage;
  private settled = false;

  constructor(
    private readonly original: ConsumeMessage,
    /** Returns null once the channel by which the message came is gone. */
    private readonly channel: () => Channel | null,
  ) {
    this.message = received(original);
  }

  get redelivered(): boolean {
    return this.original.fields.redelivered;
  }

  get live(): boolean {
    return !this.settled && this.channel() !== null;
  }

  ack(): void {
    this.settle((channel) => channel.ack(this.original));
  }

  giveBack(): void {
    this.settle((channel) => channel.nack(this.original, false, true));
  }

  private settle(how: (channel: Channel) => void): void {
    const channel = this.settled ? null : this.channel();
    this.settled = true;
    if (!channel) return;
    try {
      how(channel);
    } catch {
      // closed in this very moment: it comes again
    }
  }
}
