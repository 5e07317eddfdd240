// The other side of a broker in tests: publishes to streams, and collects what comes out of them.
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect, type Options } from 'amqplib';

export interface Collected {
  messages: ConsumeMessage[];
  texts: () => string[];
}

export class BrokerClient {
  private constructor(
    private readonly model: ChannelModel,
    readonly channel: ConfirmChannel,
  ) {}

  static async connect(url: string): Promise<BrokerClient> {
    const model = await connect(url);
    for (const one of [model]) one.on('error', () => {});
    const channel = await model.createConfirmChannel();
    channel.on('error', () => {});
    return new BrokerClient(model, channel);
  }

  /** Resolves when the broker has confirmed it. */
  async publish(stream: string, body: string, properties: Options.Publish = {}): Promise<void> {
    await this.channel.assertExchange(`streams.${stream}`, 'fanout', { durable: true });
    await new Promise<void>((resolve, reject) => {
      const done = (error: unknown) => (error ? reject(error) : resolve());
      this.channel.publish(`streams.${stream}`, '', Buffer.from(body), { persistent: true, ...properties }, done);
    });
  }

  /** What comes out of the stream from now on. */
  async collect(stream: string, queue = ''): Promise<Collected> {
    await this.channel.assertExchange(`streams.${stream}`, 'fanout', { durable: true });
    const made = await this.channel.assertQueue(queue, queue === '' ? { exclusive: true } : { durable: true });
    await this.channel.bindQueue(made.queue, `streams.${stream}`, '');
    return this.take(made.queue);
  }

  /** What lies, and will lie, in a queue. */
  async take(queue: string): Promise<Collected> {
    const messages: ConsumeMessage[] = [];
    if (queue.startsWith('streams.')) await this.channel.assertQueue(queue, { durable: true });
    await this.channel.consume(queue, (message) => void (message && messages.push(message)), { noAck: true });
    return { messages, texts: () => messages.map(({ content }) => content.toString()) };
  }

  async waiting(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async close(): Promise<void> {
    await this.model.close().catch(() => {});
  }
}
