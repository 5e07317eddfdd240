// The queues of a stream in RabbitMQ: durable ones with a name, and those that live as long as their follower.
import { randomUUID } from 'node:crypto';
import type { Channel } from 'amqplib';
import { exchangeOf, queueBounds, type Source } from './bus.js';

/** Declares and binds the queue, and returns its name. */
export async function declareSource(channel: Channel, from: Source): Promise<string> {
  if (!('stream' in from)) return (await channel.assertQueue(from.queue, { durable: true })).queue;
  const exchange = exchangeOf(from.stream);
  await channel.assertExchange(exchange, 'fanout', { durable: true });
  const bounds = { maxLength: queueBounds.messages, arguments: { 'x-max-length-bytes': queueBounds.bytes, 'x-overflow': 'drop-head' } };
  const { queue } = await (from.queue === undefined
    ? channel.assertQueue(`${exchange}.${randomUUID()}`, { durable: false, exclusive: true, autoDelete: true, ...bounds })
    : channel.assertQueue(from.queue, { durable: true }));
  await channel.bindQueue(queue, exchange, '');
  return queue;
}
