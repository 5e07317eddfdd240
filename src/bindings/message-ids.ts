// The ids of outputs, by which a consumer recognizes duplicates and a sender finds the output that it waits for.
import { createHash } from 'node:crypto';
import type { BusMessage } from '../bus/bus.js';
import type { BindingEntity } from './binding.entity.js';

type Binding = Pick<BindingEntity, 'id'>;

/** The most bytes that AMQP allows for a property. */
const idBytes = 255;

/** The id stays the same over redelivery, and differs for each binding, since outputs of two bindings may meet in one stream. */
export function outputId(id: string, binding: Binding): string {
  const named = `${id}.b${binding.id}`;
  if (Buffer.byteLength(named) <= idBytes) return named;
  return `${createHash('sha256').update(id).digest('hex')}.b${binding.id}`;
}

/** The properties that tie an output to its message: the correlation id is that of the message, or else the id of the message. */
export function answerTo({ messageId, correlationId = messageId, replyTo }: BusMessage, binding: Binding): Partial<BusMessage> {
  return { messageId: messageId && outputId(messageId, binding), correlationId, replyTo };
}
