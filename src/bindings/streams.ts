// Streams without a binding: publishes one message, or follows all of them.
import { Injectable } from '@nestjs/common';
import { type BusMessage, type BusState, busMessageBytes, type Delivery, type Subscription, streamName } from '../bus/bus.js';
import { Buses, type BusName, busNames } from '../bus/buses.js';
import { CodedError } from '../model/coded-error.js';

export { busNames };
export type StreamMessage = BusMessage;
export const largestMessageBytes = busMessageBytes;

/** One message is being written and one arrives meanwhile. Each may have 16 MiB, and they are held in addition to the queue. */
const followedAtOnce = 2;

export interface NamedStream {
  bus: BusName;
  stream: string;
}

@Injectable()
export class Streams {
  constructor(private readonly buses: Buses) {}

  get states(): Partial<Record<BusName, BusState>> {
    return this.buses.states;
  }

  /** Throws invalid_request for a name that a stream cannot have, or for a bus that this server does not have. */
  named(stream: string, bus: string | null): NamedStream {
    if (!streamName.test(stream))
      throw new CodedError('invalid_request', `the name of a stream must have 1 to 100 letters, digits, dots, - and _, got '${stream}'`);
    const name = bus ?? this.buses.usual;
    if (!(busNames as readonly string[]).includes(name))
      throw new CodedError('invalid_request', `unknown bus '${name}'; allowed: ${busNames.join(', ')}`);
    this.buses.of(name as BusName);
    return { stream, bus: name as BusName };
  }

  /** Resolves when the bus has stored the message. */
  publish({ bus, stream }: NamedStream, message: StreamMessage): Promise<void> {
    return this.buses.of(bus).publish({ stream }, message);
  }

  /** Passes on the messages that come from now on, in order, one at a time. A follower that is too slow loses the oldest. Throws bus_unavailable. */
  follow({ bus, stream }: NamedStream, pass: (message: StreamMessage) => Promise<void>): Subscription {
    const { state, fault } = this.buses.of(bus);
    if (state !== 'connected') throw new CodedError('bus_unavailable', fault ?? `the bus ${bus} is ${state}`, { retryAfterSeconds: 5 });
    let passing = Promise.resolve();
    const take = (delivery: Delivery) => {
      passing = passing.then(() => pass(delivery.message)).then(() => delivery.ack());
    };
    return this.buses.of(bus).subscribe({ stream }, { prefetch: followedAtOnce, take });
  }
}

/** Whether a value names a stream, and a bus if any, and nothing else. */
export function isStreamEnd(value: unknown): value is { bus?: BusName; stream: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { bus, stream, ...more } = value as Record<string, unknown>;
  if (Object.keys(more).length > 0 || typeof stream !== 'string' || !streamName.test(stream)) return false;
  return bus === undefined || (busNames as readonly unknown[]).includes(bus);
}
