// A binding that takes messages: its subscription, its messages in hand, and what holds them up.
import type { Bus, Delivery, NamedQueue, Subscription } from '../bus/bus.js';
import { exchangeOf } from '../bus/bus.js';
import type { BindingEntity } from './binding.entity.js';
import type { MessageRouter } from './message-router.js';
import type { ServiceOutputPublisher } from './service-output-publisher.js';

export const queueOf = ({ inputStream, id }: Pick<BindingEntity, 'inputStream' | 'id'>): NamedQueue => ({
  stream: inputStream,
  queue: `${exchangeOf(inputStream)}.binding-${id}`,
});

export class ActiveBinding {
  private readonly subscription: Subscription;
  private readonly publisher: ServiceOutputPublisher;
  private readonly closing = new AbortController();
  private readonly inHand = new Set<Promise<void>>();
  private problem: string | null = null;

  constructor(
    private readonly row: BindingEntity,
    bus: Bus,
    private readonly messages: MessageRouter,
  ) {
    this.publisher = messages.outflow(row);
    void messages.begin(row, this.publisher);
    this.subscription = bus.subscribe(queueOf(row), { prefetch: row.concurrency, take: (delivery) => this.take(delivery) });
  }

  /** Resolves when the queue of the binding collects. */
  get opened(): Promise<void> {
    return this.subscription.opened;
  }

  get inFlight(): number {
    return this.inHand.size;
  }

  /** Why no messages come; null when the binding listens. */
  get fault(): string | null {
    return this.subscription.fault;
  }

  /** What holds up the messages that came, or the outputs; null when nothing does. */
  get heldUp(): string | null {
    return this.problem ?? this.publisher.problem;
  }

  /** Takes no more messages, and gives back those that wait for their next try; resolves when the other messages in hand are done. */
  async drain(): Promise<void> {
    // in this order, so that a message that is given back does not come to this binding again
    const paused = this.subscription.pause();
    this.closing.abort();
    await Promise.all([paused, this.publisher.close()]);
    while (this.inHand.size > 0) await Promise.all(this.inHand);
    await this.subscription.close();
  }

  /** The messages in hand are delivered again to the next consumer of the queue. */
  async close(): Promise<void> {
    await Promise.all([this.subscription.close(), this.publisher.close()]);
  }

  private take(delivery: Delivery): void {
    const retired = this.closing.signal;
    if (retired.aborted) return delivery.giveBack();
    const handled = this.messages.handle({ binding: this.row, delivery, retired, say: this.say, publisher: this.publisher });
    this.inHand.add(handled);
    const done = () => this.inHand.delete(handled);
    void handled.then(done, done);
  }

  private readonly say = (problem: string | null): void => {
    this.problem = problem;
  };
}
