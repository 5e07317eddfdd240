// The contract of a message bus: publish with confirmation, subscribe with acknowledgement, close; its names and bounds.

/** The largest message that can be published: a message is held in memory as a whole, as brokers take it. */
export const busMessageBytes = 16 * 2 ** 20;
/** The most that a queue of the bus memory, or of a follower, may hold. */
export const queueBounds = { messages: 10_000, bytes: 64 * 2 ** 20 };

export const streamName = /^[A-Za-z0-9._-]{1,100}$/;

/** What the broker calls a stream: the exchange, and the beginning of the names of its queues. */
export const exchangeOf = (stream: string): string => `streams.${stream}`;
export const deadQueueOf = (stream: string): string => `streams.${stream}.dead`;

export interface BusMessage {
  body: Buffer;
  messageId?: string;
  correlationId?: string;
  replyTo?: string;
  contentType?: string;
  headers?: Record<string, unknown>;
}

/** A stream gives each message to all of its queues; a message to a queue goes to that queue alone. */
export type Destination = { stream: string } | { queue: string };

/**
 * A durable queue of a stream also collects while nobody takes from it. A queue without a name lives as long as the subscription,
 * and loses its oldest messages at the bounds. A queue without a stream, such as one for dead letters, is durable as well.
 */
export type Source = NamedQueue | { stream: string; queue?: undefined } | { queue: string };

/** A durable queue of a stream. */
export interface NamedQueue {
  stream: string;
  queue: string;
}

/** One message, until it is acknowledged or given back. */
export interface Delivery {
  readonly message: BusMessage;
  /** Whether the message was delivered before and not acknowledged. */
  readonly redelivered: boolean;
  /** False once the bus has taken the message back: it is delivered again, and `ack` and `giveBack` have no effect. */
  readonly live: boolean;
  ack(): void;
  giveBack(): void;
}

export interface Subscription {
  /** Resolves when messages of the stream are collected for the first time. */
  readonly opened: Promise<void>;
  /** Why no messages come now; null when the subscription is open. */
  readonly fault: string | null;
  /** Stops the deliveries; messages that came can still be acknowledged. */
  pause(): Promise<void>;
  /** Ends the subscription; messages that are not acknowledged are given back. */
  close(): Promise<void>;
}

/** At most `prefetch` messages are unacknowledged at any time. */
export interface Taking {
  prefetch: number;
  take: (delivery: Delivery) => void;
}

/** `connecting`: the broker is not available, and the connection is tried again and again. */
export type BusState = 'connected' | 'connecting' | 'closed';

export interface Bus {
  readonly state: BusState;
  /** Why the bus is not connected. */
  readonly fault: string | null;
  /** Resolves when the bus has stored the message. Throws bus_unavailable, bus_refused or queue_full. */
  publish(to: Destination, message: BusMessage): Promise<void>;
  /** Declares a queue, which collects from then on. Throws bus_unavailable or bus_refused. */
  declareQueue(from: NamedQueue): Promise<void>;
  /** Returns a subscription, which comes back by itself when the broker is back. */
  subscribe(from: Source, taking: Taking): Subscription;
  /** Removes a durable queue with all its messages. Throws bus_unavailable. */
  removeQueue(name: string): Promise<void>;
  close(): Promise<void>;
}
