// The Idempotency-Keys of messages for services: a key is stored once its message was taken, and before only known while the delivery is under way.
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { within } from '../model/within.js';
import { keyMismatch } from './idempotency.entity.js';
import { type KeyedMessage, RunStore } from './run-store.js';

/** How long a sender waits until the key is stored; the message counts as delivered in any case. */
const patienceMs = 4000;

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
  /** The deliveries under way, one for each message that waits for a service. */
  private readonly underWay = new Map<string, UnderWay>();

  constructor(private readonly store: RunStore) {}

  /** Null, without a delivery, when the message was delivered before; a repetition of a delivery under way ends, or fails, with it. */
  async once(message: KeyedMessage, deliver: () => Promise<Readable | null>): Promise<Readable | null> {
    const name = `${message.userId} ${message.key}`;
    const former = this.underWay.get(name);
    if (former) {
      if (former.fingerprint !== message.fingerprint) throw keyMismatch(message.key);
      await former.delivery;
      // the reply goes to the caller that came first
      return null;
    }
    const forget = () => this.underWay.delete(name);
    const delivery = this.first(message, { deliver, forget });
    this.underWay.set(name, { fingerprint: message.fingerprint, delivery });
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
    const say = (error: Error) => this.logger.error(`Idempotency-Key '${message.key}' could not be stored: ${error.message}`);
    const stored = this.store.remember(message).catch(say).finally(forget);
    await within(patienceMs, stored);
    return reply;
  }

  /** Undefined: the message was delivered before. */
  private async deliverNew(message: KeyedMessage, deliver: Delivering['deliver']): Promise<Readable | null | undefined> {
    return (await this.store.isKnown(message)) ? undefined : deliver();
  }
}
