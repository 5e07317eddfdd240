// The Idempotency-Keys of messages for services and streams: a key is stored once its message was taken, and before only known while the delivery is under way.
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { KeyedRequest } from '../model/keyed-request.js';
import { within } from '../model/within.js';
import { type FirstAnswer, IdempotencyKeys, keyMismatch } from './idempotency-keys.js';

/** How long a sender waits until the key is stored; the message counts as delivered in any case. */
const patienceMs = 4000;

/** A message and how its sender is answered. */
interface KeyedMessage {
  request: KeyedRequest;
  answer: Partial<FirstAnswer>;
}

interface Delivering {
  deliver: () => Promise<Readable | null>;
  forget: () => void;
}

interface UnderWay {
  fingerprint: string;
  delivery: Promise<Readable | null>;
}

@Injectable()
export class MessageIdempotency {
  private readonly logger = new Logger('services');
  /** The deliveries under way, one for each message. */
  private readonly underWay = new Map<string, UnderWay>();

  constructor(private readonly keys: IdempotencyKeys) {}

  /** Null, without a delivery, when the message was delivered before; a repetition of a delivery under way ends, or fails, with it. */
  async once(message: KeyedMessage, deliver: () => Promise<Readable | null>): Promise<Readable | null> {
    const { userId, key, fingerprint } = message.request;
    const name = `${userId} ${key}`;
    const former = this.underWay.get(name);
    if (former) {
      if (former.fingerprint !== fingerprint) throw keyMismatch(key);
      await former.delivery;
      // the reply goes to the caller that came first
      return null;
    }
    const forget = () => this.underWay.delete(name);
    const delivery = this.first(message, { deliver, forget });
    this.underWay.set(name, { fingerprint, delivery });
    return delivery;
  }

  private async first(message: KeyedMessage, { deliver, forget }: Delivering): Promise<Readable | null> {
    const reply = await this.deliverNew(message, deliver).catch((error) => {
      forget();
      throw error;
    });
    if (reply === undefined) {
      forget();
      return null;
    }
    // the message was taken even when its key cannot be stored
    const say = (error: Error) => this.logger.error(`Idempotency-Key '${message.request.key}' could not be stored: ${error.message}`);
    const stored = this.keys.storeSurely(message.request, message.answer).catch(say).finally(forget);
    await within(patienceMs, stored);
    return reply;
  }

  /** Undefined: the message was delivered before. */
  private async deliverNew({ request }: KeyedMessage, deliver: Delivering['deliver']): Promise<Readable | null | undefined> {
    return (await this.keys.find(request)) ? undefined : deliver();
  }
}
