// Publishing over AMQP: one channel with confirmations, opened anew when the broker has closed it.
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { CodedError } from '../model/coded-error.js';
import { within } from '../model/within.js';
import { publishOptions } from './amqp-message.js';
import { declareSource } from './amqp-queues.js';
import { type BusMessage, type Destination, exchangeOf, type NamedQueue } from './bus.js';

/** A broker that takes longer is as good as away. */
const confirmMs = 30_000;
const closingMs = 1000;

export class AmqpPublisher {
  private channel: Promise<ConfirmChannel> | null = null;
  /** What is known to be there, for the life of a channel. */
  private readonly declared = new Set<string>();

  constructor(private readonly model: ChannelModel) {}

  /** Resolves when the broker has confirmed it; rejects with the fault of the channel or the broker. */
  async publish(to: Destination, message: BusMessage): Promise<void> {
    await this.declare(to);
    const channel = await this.open();
    const [exchange, key] = 'stream' in to ? [exchangeOf(to.stream), ''] : ['', to.queue];
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no confirmation within ${confirmMs / 1000} s`)), confirmMs);
      channel.publish(exchange, key, message.body, publishOptions(message), (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async declareQueue(from: NamedQueue): Promise<void> {
    await this.aside((channel) => declareSource(channel, from));
  }

  async removeQueue(name: string): Promise<void> {
    await this.aside((channel) => channel.deleteQueue(name));
  }

  private open(): Promise<ConfirmChannel> {
    this.channel ??= this.model.createConfirmChannel().then((channel) => {
      channel.on('error', () => {});
      channel.once('close', () => {
        this.channel = null;
        this.declared.clear();
      });
      return channel;
    });
    this.channel.catch(() => {
      this.channel = null;
    });
    return this.channel;
  }

  /** Who is replied to has made its queue; ours are streams and dead letters. */
  private async declare(to: Destination): Promise<void> {
    const name = 'stream' in to ? exchangeOf(to.stream) : to.queue;
    if (this.declared.has(name) || !name.startsWith('streams.')) return;
    await this.aside((channel) =>
      'stream' in to ? channel.assertExchange(name, 'fanout', { durable: true }) : channel.assertQueue(name, { durable: true }),
    );
    this.declared.add(name);
  }

  /** On a channel of its own: what the broker refuses closes the channel. */
  private async aside(work: (channel: ConfirmChannel) => Promise<unknown>): Promise<void> {
    const channel = await this.model.createConfirmChannel();
    channel.on('error', () => {});
    try {
      await work(channel);
    } catch (error) {
      throw refused(error);
    }
    await within(closingMs, channel.close());
  }
}

/** What the broker says of a request, as in 406 PRECONDITION_FAILED; anything else is the connection's fault. */
function refused(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message: string };
  return typeof code === 'number' && code >= 400 && code < 500 ? new CodedError('bus_refused', `RabbitMQ refused: ${message}`) : error;
}
