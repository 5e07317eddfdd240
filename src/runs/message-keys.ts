// The Idempotency-Keys of messages for services: one is known once its message was taken, and until then only while that is under way.
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { keyMismatch } from './idempotency.entity.js';
import { type KeyedMessage, RunStore } from './run-store.js';

interface UnderWay {
  fingerprint: string;
  delivery: Promise<Readable | null>;
}

@Injectable()
export class MessageKeys {
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
    const delivery = this.first(message, deliver).finally(() => this.underWay.delete(name));
    this.underWay.set(name, { fingerprint: message.fingerprint, delivery });
    return delivery;
  }

  private async first(message: KeyedMessage, deliver: () => Promise<Readable | null>): Promise<Readable | null> {
    if (await this.store.isKnown(message)) return null;
    const reply = await deliver();
    // taken it is, whatever becomes of its key
    const say = (error: Error) => this.logger.error(`the Idempotency-Key '${message.key}' could not be stored: ${error.message}`);
    await this.store.remember(message).catch(say);
    return reply;
  }
}
