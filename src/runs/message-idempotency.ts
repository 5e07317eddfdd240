// The Idempotency-Keys of messages for services: one is known once its message was taken, and until then only while that is under way.
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { within } from '../model/within.js';
import { keyMismatch } from './idempotency.entity.js';
import { type KeyedMessage, RunStore } from './run-store.js';

/** Who has sent it waits for so long until its key is stored; it counts all the same. */
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
  /** As many as messages wait for services. */
  private readonly underWay = new Map<string, UnderWay>();

  constructor(private readonly store: RunStore) {}

  /** Null, with nothing delivered, when it was; a repetition of what is under way ends, or fails, with that. */
  async once(message: KeyedMessage, deliver: () => Promise<Readable | null>): Promise<Readable | null> {
    const name = `${message.userId} ${message.key}`;
    const former = this.underWay.get(name);
    if (former) {
      if (former.fingerprint !== message.fingerprint) throw keyMismatch(message.key);
      await former.delivery;
      // its reply is that of whoever came first
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
    // taken it is, whatever becomes of its key
    const say = (error: Error) => this.logger.error(`the Idempotency-Key '${message.key}' could not be stored: ${error.message}`);
    const stored = this.store.remember(message).catch(say).finally(forget);
    await within(patienceMs, stored);
    return reply;
  }

  /** Undefined: it was delivered before. */
  private async deliverNew(message: KeyedMessage, deliver: Delivering['deliver']): Promise<Readable | null | undefined> {
    return (await this.store.isKnown(message)) ? undefined : deliver();
  }
}
