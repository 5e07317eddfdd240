// Messages as AMQP carries them: the body and the properties.
import type { ConsumeMessage, Options } from 'amqplib';
import type { BusMessage } from './bus.js';

/** The message is persistent: it survives a restart of the broker. */
export function publishOptions({ messageId, correlationId, replyTo, contentType, headers }: BusMessage): Options.Publish {
  return { persistent: true, messageId, correlationId, replyTo, contentType, headers };
}

export function received({ content, properties }: ConsumeMessage): BusMessage {
  const { messageId, correlationId, replyTo, contentType, headers } = properties;
  return {
    body: content,
    messageId: text(messageId),
    correlationId: text(correlationId),
    replyTo: text(replyTo),
    contentType: text(contentType),
    headers,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
