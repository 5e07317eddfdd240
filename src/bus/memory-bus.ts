// The bus inside this process: always available, bounded, and lost when the server ends.
import { CodedError } from '../model/coded-error.js';
import type { Bus, BusMessage, BusState, Destination, NamedQueue, Source, Subscription, Taking } from './bus.js';
import { queueBounds } from './bus.js';
import { MemoryQueue } from './memory-queue.js';

export class MemoryBus implements Bus {
  state: BusState = 'connected';
  readonly fault = null;
  /** The durable queues by name. */
  private readonly queues = new Map<string, MemoryQueue>();
  /** The queues of each stream: durable ones by name, the others by the queue itself. */
  private readonly streams = new Map<string, Map<string | object, MemoryQueue>>();

  async publish(to: Destination, message: BusMessage): Promise<void> {
    if (this.state === 'closed') throw new CodedError('bus_unavailable', 'the bus memory is closed');
    // dead letters and replies: a queue that nobody empties loses its oldest messages and blocks nothing
    if ('queue' in to) return this.queue(to.queue).add(message);
    const queues = [...(this.streams.get(to.stream) ?? [])];
    const full = queues.find(([key, queue]) => typeof key === 'string' && queue.isFull);
    if (full) throw queueFull(to.stream, full[0] as string);
    for (const [, queue] of queues) queue.add(message);
  }

  async declareQueue({ stream, queue }: NamedQueue): Promise<void> {
    this.bind(stream, queue, this.queue(queue));
  }

  subscribe(from: Source, taking: Taking): Subscription {
    const queue = from.queue === undefined ? new MemoryQueue() : this.queue(from.queue);
    if ('stream' in from) this.bind(from.stream, from.queue ?? queue, queue);
    const consumer = queue.consume(taking);
    return {
      opened: Promise.resolve(),
      fault: null,
      pause: async () => queue.leave(consumer),
      close: async () => {
        consumer.close();
        if (from.queue === undefined) this.unbind(queue);
      },
    };
  }

  async removeQueue(name: string): Promise<void> {
    this.queues.delete(name);
    this.unbind(name);
  }

  async close(): Promise<void> {
    this.state = 'closed';
  }

  private queue(name: string): MemoryQueue {
    const queue = this.queues.get(name) ?? new MemoryQueue();
    this.queues.set(name, queue);
    return queue;
  }

  private bind(stream: string, key: string | object, queue: MemoryQueue): void {
    const queues = this.streams.get(stream) ?? new Map<string | object, MemoryQueue>();
    this.streams.set(stream, queues.set(key, queue));
  }

  private unbind(key: string | object): void {
    for (const [stream, queues] of this.streams) {
      queues.delete(key);
      if (queues.size === 0) this.streams.delete(stream);
    }
  }
}

function queueFull(stream: string, queue: string): CodedError {
  const { messages, bytes } = queueBounds;
  const bounds = `the limit is ${messages} messages and ${bytes} bytes`;
  return new CodedError('queue_full', `the queue ${queue} of the stream ${stream} is full; ${bounds}`, { retryAfterSeconds: 5 });
}
