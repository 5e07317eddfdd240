// A binding that takes messages: its subscription, what it has in hand, and what holds it up.
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

  /** Resolves when its queue collects. */
  get opened(): Promise<void> {
    return this.subscription.opened;
  }

  get inFlight(): number {
    return this.inHand.size;
  }

  /** Why nothing comes; null when it listens. */
  get fault(): string | null {
    return this.subscription.fault;
  }

  /** What holds up the messages that came, or what comes out; null when nothing does. */
  get heldUp(): string | null {
    return this.problem ?? this.publisher.problem;
  }

  /** Takes and publishes nothing more of itself, gives back what waits for its next try; resolves when the rest in its hand is done. */
  async drain(): Promise<void> {
    // in this order: what is given back must not come to us again
    const paused = this.subscription.pause();
    this.closing.abort();
    await Promise.all([paused, this.publisher.close()]);
    while (this.inHand.size > 0) await Promise.all(this.inHand);
    await this.subscription.close();
  }

  /** What it has in hand comes again, to whoever takes from its queue next. */
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
