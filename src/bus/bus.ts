// The contract of a message bus: publish with confirmation, subscribe with acknowledgement, close; its names and bounds.

/** The largest message that is published here: it is held in memory whole, as brokers take it. */
export const busMessageBytes = 16 * 2 ** 20;
/** What a queue of the bus in this process, or of a follower, may hold. */
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

/** A stream gives each message to every one of its queues; a queue named by itself gets it alone. */
export type Destination = { stream: string } | { queue: string };

/**
 * A durable queue of a stream collects also while nobody takes from it; without a name it lives as long as the subscription,
 * and loses its oldest messages at the bounds. A queue without a stream is durable too: dead letters lie in one.
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
  /** It was delivered before, and not acknowledged. */
  readonly redelivered: boolean;
  /** False once the bus has taken it back: it comes again, and neither of the following does anything. */
  readonly live: boolean;
  ack(): void;
  giveBack(): void;
}

export interface Subscription {
  /** Resolves when messages of the stream are collected for the first time. */
  readonly opened: Promise<void>;
  /** Why nothing comes now; null when it is open. */
  readonly fault: string | null;
  /** Nothing more comes; what came can still be acknowledged. */
  pause(): Promise<void>;
  /** What is not acknowledged is given back. */
  close(): Promise<void>;
}

/** At most `prefetch` messages are unacknowledged at any time. */
export interface Taking {
  prefetch: number;
  take: (delivery: Delivery) => void;
}

/** `connecting`: the broker is away and asked again and again. */
export type BusState = 'connected' | 'connecting' | 'closed';

export interface Bus {
  readonly state: BusState;
  /** Why it is not connected. */
  readonly fault: string | null;
  /** Resolves when the bus has the message for good. Throws bus_unavailable, bus_refused or queue_full. */
  publish(to: Destination, message: BusMessage): Promise<void>;
  /** From then on it collects. Throws bus_unavailable or bus_refused. */
  declareQueue(from: NamedQueue): Promise<void>;
  /** Comes back by itself with the broker. */
  subscribe(from: Source, taking: Taking): Subscription;
  /** Removes a durable queue with all that it holds. Throws bus_unavailable. */
  removeQueue(name: string): Promise<void>;
  close(): Promise<void>;
}
