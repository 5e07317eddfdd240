// A binding that takes messages: its subscription, what it has in hand, and what holds it up.
import type { Bus, Delivery, Subscription } from '../bus/bus.js';
import { exchangeOf } from '../bus/bus.js';
import type { BindingEntity } from './binding.entity.js';
import type { MessageTask } from './single-messages.js';

export const queueOf = ({ inputStream, id }: Pick<BindingEntity, 'inputStream' | 'id'>): string =>
  `${exchangeOf(inputStream)}.binding-${id}`;

export class ActiveBinding {
  private readonly subscription: Subscription;
  private readonly inHand = new Set<Promise<void>>();
  private problem: string | null = null;

  constructor(
    private readonly row: BindingEntity,
    bus: Bus,
    private readonly handle: (task: MessageTask) => Promise<void>,
  ) {
    const from = { stream: row.inputStream, queue: queueOf(row) };
    this.subscription = bus.subscribe(from, { prefetch: row.concurrency, take: (delivery) => this.take(delivery) });
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

  /** What holds up the messages that came; null when nothing does. */
  get heldUp(): string | null {
    return this.problem;
  }

  /** Takes nothing more; resolves when what it has in hand is done. */
  async drain(): Promise<void> {
    await this.subscription.pause();
    while (this.inHand.size > 0) await Promise.all(this.inHand);
    await this.subscription.close();
  }

  /** What it has in hand comes again, to whoever takes from its queue next. */
  close(): Promise<void> {
    return this.subscription.close();
  }

  private take(delivery: Delivery): void {
    const say = (problem: string | null) => {
      this.problem = problem;
    };
    const handled = this.handle({ binding: this.row, delivery, say });
    this.inHand.add(handled);
    void handled.finally(() => this.inHand.delete(handled));
  }
}
