// A queue in this process: bounded and in order; an unacknowledged message is kept until it is acknowledged or given back.
import type { BusMessage, Delivery, Taking } from './bus.js';
import { queueBounds } from './bus.js';

interface Held {
  message: BusMessage;
  redelivered: boolean;
}

export class MemoryQueue {
  private waiting: Held[] = [];
  private bytes = 0;
  private readonly consumers = new Set<Consumer>();

  get isFull(): boolean {
    return this.waiting.length >= queueBounds.messages || this.bytes >= queueBounds.bytes;
  }

  /** Beyond the bounds the oldest messages are dropped; a caller that must not lose any checks `isFull` before. */
  add(message: BusMessage): void {
    while (this.isFull) this.shift();
    this.waiting.push({ message, redelivered: false });
    this.bytes += message.body.length;
    this.advance();
  }

  consume(taking: Taking): Consumer {
    const consumer = new Consumer(this, taking);
    this.consumers.add(consumer);
    this.advance();
    return consumer;
  }

  leave(consumer: Consumer): void {
    this.consumers.delete(consumer);
  }

  /** Puts the messages back in their order, before all others. */
  takeBack(messages: BusMessage[]): void {
    this.waiting.unshift(...messages.map((message) => ({ message, redelivered: true })));
    for (const { body } of messages) this.bytes += body.length;
    this.advance();
  }

  /** Delivers in a later turn of the event loop, so that no consumer is called from within publish. */
  advance(): void {
    setImmediate(() => {
      for (const consumer of this.consumers) {
        while (consumer.hasRoom && this.waiting.length > 0) consumer.deliver(this.shift());
      }
    });
  }

  private shift(): Held {
    const held = this.waiting.shift() as Held;
    this.bytes -= held.message.body.length;
    return held;
  }
}

class Consumer {
  private readonly unacknowledged = new Set<MemoryDelivery>();

  constructor(
    private readonly queue: MemoryQueue,
    private readonly taking: Taking,
  ) {}

  get hasRoom(): boolean {
    return this.unacknowledged.size < this.taking.prefetch;
  }

  deliver({ message, redelivered }: Held): void {
    const delivery: MemoryDelivery = new MemoryDelivery(message, redelivered, (back) => {
      this.unacknowledged.delete(delivery);
      if (back) this.queue.takeBack([message]);
      else this.queue.advance();
    });
    this.unacknowledged.add(delivery);
    this.taking.take(delivery);
  }

  close(): void {
    this.queue.leave(this);
    const left = [...this.unacknowledged];
    this.unacknowledged.clear();
    for (const delivery of left) delivery.live = false;
    this.queue.takeBack(left.map(({ message }) => message));
  }
}

class MemoryDelivery implements Delivery {
  live = true;

  constructor(
    readonly message: BusMessage,
    readonly redelivered: boolean,
    private readonly settle: (back: boolean) => void,
  ) {}

  ack(): void {
    this.end(false);
  }

  giveBack(): void {
    this.end(true);
  }

  private end(back: boolean): void {
    if (!this.live) return;
    this.live = false;
    this.settle(back);
  }
}
