// RabbitMQ keeps the contract of buses, and comes back after its broker was killed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AmqpBus } from '../../src/bus/amqp-bus.js';
import type { Bus } from '../../src/bus/bus.js';
import { RabbitMq } from '../support/rabbitmq.js';
import { until } from '../support/restarts.js';
import { busContract } from './bus.contract.js';

const rabbit = await RabbitMq.prepare();
let bus: Bus;

afterAll(async () => {
  await bus?.close();
  await rabbit.stop();
});

describe('amqp', () => {
  test('a broker that does not run yet is shown as the state of the bus, and is found within 5 s', async () => {
    bus = await AmqpBus.open(rabbit.url);
    const from = { stream: 'early', queue: 'streams.early.q' };
    const seen: string[] = [];
    const take = (delivery: { message: { body: Buffer }; ack(): void }) => {
      seen.push(delivery.message.body.toString());
      delivery.ack();
    };
    const subscription = bus.subscribe(from, { prefetch: 1, take });
    expect(bus.state).toBe('connecting');
    await expect(bus.publish({ stream: 'early' }, { body: Buffer.from('lost') })).rejects.toMatchObject({
      code: 'bus_unavailable',
      fields: { retryAfterSeconds: 5 },
    });
    await rabbit.start();
    await expect.poll(() => bus.state, { timeout: 5000 }).toBe('connected');
    await subscription.opened;
    await bus.publish({ stream: 'early' }, { body: Buffer.from('found') });
    await expect.poll(() => seen).toEqual(['found']);
    await subscription.close();
    await bus.close();
  });

  describe('with a broker', () => {
    beforeAll(async () => {
      bus = await AmqpBus.open(rabbit.url);
      await until(
        () => bus.state,
        (state) => state === 'connected',
      );
    });
    // the contract closes the one that it is given last
    busContract(() => bus);
  });

  test('after kill -9 of the broker confirmed messages are still there, and unacknowledged ones are delivered again', {
    timeout: 120_000,
  }, async () => {
    bus = await AmqpBus.open(rabbit.url);
    await expect.poll(() => bus.state).toBe('connected');
    const seen: { body: string; redelivered: boolean; live: boolean }[] = [];
    const take = (delivery: { message: { body: Buffer }; redelivered: boolean; live: boolean }) => {
      seen.push({
        body: delivery.message.body.toString(),
        redelivered: delivery.redelivered,
        get live() {
          return delivery.live;
        },
      });
    };
    const subscription = bus.subscribe({ stream: 'kill', queue: 'streams.kill.q' }, { prefetch: 1, take });
    await subscription.opened;
    for (const body of ['a', 'b']) await bus.publish({ stream: 'kill' }, { body: Buffer.from(body) });
    await expect.poll(() => seen.length).toBe(1);
    await rabbit.kill();
    await expect.poll(() => bus.state).toBe('connecting');
    expect(seen[0].live).toBe(false);
    expect(subscription.fault).toMatch(/RabbitMQ is not available/);
    await rabbit.start();
    await expect.poll(() => seen.length, { timeout: 5000 }).toBe(2);
    expect([seen[1].body, seen[1].redelivered, subscription.fault]).toEqual(['a', true, null]);
    await subscription.close();
  });

  test('an exchange of another type is refused with a reason, and other streams keep working', async () => {
    const { connect } = await import('amqplib');
    const connection = await connect(rabbit.url);
    await (await connection.createChannel()).assertExchange('streams.odd', 'direct', { durable: true });
    await connection.close();
    await expect(bus.publish({ stream: 'odd' }, { body: Buffer.from('x') })).rejects.toMatchObject({ code: 'bus_refused' });
    await bus.publish({ stream: 'even' }, { body: Buffer.from('x') });
    const subscription = bus.subscribe({ stream: 'odd', queue: 'streams.odd.q' }, { prefetch: 1, take: () => {} });
    await expect.poll(() => subscription.fault).toMatch(/PRECONDITION/);
    await subscription.close();
  });
});
