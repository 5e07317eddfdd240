// What outputs are called, so that whoever takes them again tells them apart, and whoever waits for one finds it.
import { createHash } from 'node:crypto';
import type { BusMessage } from '../bus/bus.js';
import type { BindingEntity } from './binding.entity.js';

type Binding = Pick<BindingEntity, 'id'>;

/** AMQP's bound of a property. */
const idBytes = 255;

/** Stable over redelivery, and another one for each binding: outputs of two of them may meet in one stream. */
export function outputId(id: string, binding: Binding): string {
  const named = `${id}.b${binding.id}`;
  if (Buffer.byteLength(named) <= idBytes) return named;
  return `${createHash('sha256').update(id).digest('hex')}.b${binding.id}`;
}

/** An output belongs to its message: who waits for it finds it by the correlation id, or the id of what he sent. */
export function answerTo({ messageId, correlationId = messageId, replyTo }: BusMessage, binding: Binding): Partial<BusMessage> {
  return { messageId: messageId && outputId(messageId, binding), correlationId, replyTo };
}
