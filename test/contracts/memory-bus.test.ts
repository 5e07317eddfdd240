// The bus in this process keeps the contract of buses, and its bounds.
import { describe, expect, test } from 'vitest';
import { queueBounds } from '../../src/bus/bus.js';
import { MemoryBus } from '../../src/bus/memory-bus.js';
import { busContract } from './bus.contract.js';

describe('memory', () => {
  busContract(() => new MemoryBus());

  test('a full durable queue refuses the publisher, and the other queues get nothing of that message either', async () => {
    const bus = new MemoryBus();
    const seen: string[] = [];
    await bus.subscribe({ stream: 's', queue: 'streams.s.slow' }, { prefetch: 1, take: () => {} }).opened;
    bus.subscribe({ stream: 's' }, { prefetch: 1, take: ({ message }) => seen.push(message.body.toString()) });
    const body = Buffer.alloc(queueBounds.bytes / 8);
    for (let count = 0; count < 8; count++) await bus.publish({ stream: 's' }, { body });
    await expect(bus.publish({ stream: 's' }, { body: Buffer.from('one more') })).rejects.toMatchObject({ code: 'queue_full' });
    expect(seen).not.toContain('one more');
  });

  test('a follower that is too slow loses its oldest messages, and delays no publisher', async () => {
    const bus = new MemoryBus();
    const seen: number[] = [];
    const take = ({ message, ack }: { message: { body: Buffer }; ack: () => void }) => void [seen.push(message.body.readInt32BE()), ack];
    bus.subscribe({ stream: 's' }, { prefetch: 1, take });
    for (let count = 0; count < queueBounds.messages + 10; count++) {
      const body = Buffer.alloc(4);
      body.writeInt32BE(count);
      await bus.publish({ stream: 's' }, { body });
    }
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toBe(10);
  });
});
