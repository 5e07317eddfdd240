// Publishes over AMQP: through one channel with confirmations, which is opened again when the broker has closed it.
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { CodedError } from '../model/coded-error.js';
import { within } from '../model/within.js';
import { publishOptions } from './amqp-message.js';
import { declareSource } from './amqp-queues.js';
import { type BusMessage, type Destination, exchangeOf, type NamedQueue } from './bus.js';

/** A broker that takes longer than this counts as not available. */
const confirmMs = 30_000;
const closingMs = 1000;

export class AmqpPublisher {
  private channel: Promise<ConfirmChannel> | null = null;
  /** The destinations that are known to exist, as long as the channel is open. */
  private readonly declared = new Set<string>();

  constructor(private readonly model: ChannelModel) {}

  /** Resolves when the broker has confirmed the message; rejects with the fault of the channel or the broker. */
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

  /** Declares streams and dead letters; a queue for replies was declared by the sender that asked for the reply. */
  private async declare(to: Destination): Promise<void> {
    const name = 'stream' in to ? exchangeOf(to.stream) : to.queue;
    if (this.declared.has(name) || !name.startsWith('streams.')) return;
    await this.aside((channel) =>
      'stream' in to ? channel.assertExchange(name, 'fanout', { durable: true }) : channel.assertQueue(name, { durable: true }),
    );
    this.declared.add(name);
  }

  /** Works on a separate channel, because a request that the broker refuses closes its channel. */
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

/** A refusal of the broker, such as 406 PRECONDITION_FAILED, as bus_refused; any other error is a fault of the connection. */
function refused(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message: string };
  return typeof code === 'number' && code >= 400 && code < 500
    ? new CodedError('bus_refused', `RabbitMQ refused the request: ${message}`)
    : error;
}
