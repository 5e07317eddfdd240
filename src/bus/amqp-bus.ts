// RabbitMQ as a bus: a stream is the durable fanout exchange streams.NAME; the connection comes back by itself.
import type { ChannelModel, RecoveringChannelModel } from 'amqplib';
import { CodedError } from '../model/coded-error.js';
import { within } from '../model/within.js';
import { AmqpPublisher } from './amqp-publisher.js';
import { AmqpSubscription } from './amqp-subscription.js';
import type { Bus, BusMessage, BusState, Destination, NamedQueue, Source, Subscription, Taking } from './bus.js';

/** The pauses between two attempts to connect, which double; a broker that is back is found within the longest one. */
const reconnectMs = { initialDelay: 100, maxDelay: 2000 };
const heartbeatSeconds = 10;
const connectTimeoutMs = 5000;
const closingMs = 1000;

export class AmqpBus implements Bus {
  state: BusState = 'connecting';
  fault: string | null = null;
  /** Rejects when the present connection is lost, so that nothing waits for an answer that cannot come. */
  private lost = breakable();
  private model: ChannelModel | null = null;
  private publisher: AmqpPublisher | null = null;
  private readonly subscriptions = new Set<AmqpSubscription>();

  private constructor(private readonly recovering: RecoveringChannelModel) {
    recovering.on('connect', (model) => this.connected(model));
    recovering.on('disconnect', (error) => this.disconnected(error));
    recovering.on('connect-failed', (error) => this.disconnected(error));
    recovering.on('error', () => {});
  }

  /** Does not wait for the broker. */
  static async open(url: string): Promise<AmqpBus> {
    const { connect } = await import('amqplib');
    const address = new URL(url);
    if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatSeconds));
    const recovery = { ...reconnectMs, waitForConnect: false };
    const clientProperties = { connection_name: 'process-registry' };
    return new AmqpBus(await connect(address.href, { timeout: connectTimeoutMs, clientProperties, recovery }));
  }

  async publish(to: Destination, message: BusMessage): Promise<void> {
    await this.attempt((publisher) => publisher.publish(to, message));
  }

  async declareQueue(from: NamedQueue): Promise<void> {
    await this.attempt((publisher) => publisher.declareQueue(from));
  }

  subscribe(from: Source, taking: Taking): Subscription {
    const subscription = new AmqpSubscription(from, taking, (one) => this.subscriptions.delete(one));
    this.subscriptions.add(subscription);
    if (this.model) void subscription.connect(this.model);
    return subscription;
  }

  async removeQueue(name: string): Promise<void> {
    await this.attempt((publisher) => publisher.removeQueue(name));
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await within(closingMs, this.recovering.close());
  }

  private connected(model: ChannelModel): void {
    if (this.state === 'closed') return;
    Object.assign(this, { state: 'connected', fault: null, model, publisher: new AmqpPublisher(model), lost: breakable() });
    for (const subscription of this.subscriptions) void subscription.connect(model);
  }

  private disconnected(error: Error): void {
    const fault = `RabbitMQ is not available: ${(error as { code?: string }).code ?? error.message}`;
    if (this.state !== 'closed') this.state = 'connecting';
    this.lost.reject(new Error(fault));
    Object.assign(this, { fault, model: null, publisher: null });
    for (const subscription of this.subscriptions) subscription.disconnected(fault);
  }

  private async attempt(work: (publisher: AmqpPublisher) => Promise<void>): Promise<void> {
    if (!this.publisher) throw unavailable(this.fault ?? 'RabbitMQ is not connected');
    try {
      await Promise.race([work(this.publisher), this.lost.promise]);
    } catch (error) {
      throw error instanceof CodedError ? error : unavailable(`RabbitMQ did not confirm the message: ${(error as Error).message}`);
    }
  }
}

function unavailable(sentence: string): CodedError {
  return new CodedError('bus_unavailable', sentence, { retryAfterSeconds: 5 });
}

function breakable(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  // most of the time nobody waits for this promise
  promise.catch(() => {});
  return { promise, reject };
}
