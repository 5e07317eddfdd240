// What every bus must do; a test file per bus runs it.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Bus, BusMessage, Delivery, Source } from '../../src/bus/bus.js';
import { deadQueueOf } from '../../src/bus/bus.js';

const text = (body: string, more: Partial<BusMessage> = {}): BusMessage => ({ body: Buffer.from(body), ...more });

/** A consumer that keeps what it gets, unacknowledged unless it is told to acknowledge. */
async function consumer(bus: Bus, from: Source, { prefetch = 100, acks = true } = {}) {
  const got: Delivery[] = [];
  const take = (delivery: Delivery) => {
    got.push(delivery);
    if (acks) delivery.ack();
  };
  const subscription = bus.subscribe(from, { prefetch, take });
  await subscription.opened;
  return {
    got,
    bodies: () => got.map(({ message }) => message.body.toString()),
    pause: () => subscription.pause(),
    close: () => subscription.close(),
  };
}

export function busContract(open: () => Bus): void {
  const stream = () => `in-${randomUUID()}`;

  test('each queue of a stream gets every message, in order; a stream without a queue drops them', async () => {
    const bus = open();
    const name = stream();
    await bus.publish({ stream: name }, text('nobody listens'));
    const [one, other] = [await consumer(bus, { stream: name }), await consumer(bus, { stream: name, queue: `streams.${name}.q` })];
    for (const body of ['1', '2', '3']) await bus.publish({ stream: name }, text(body));
    for (const { bodies } of [one, other]) await expect.poll(bodies).toEqual(['1', '2', '3']);
    await Promise.all([one.close(), other.close()]);
    await bus.removeQueue(`streams.${name}.q`);
  });

  test('bytes, properties and headers arrive as they were', async () => {
    const bus = open();
    const name = stream();
    const { got, close } = await consumer(bus, { stream: name });
    const sent = {
      body: Buffer.from([0, 255, 10, 13]),
      messageId: 'm1',
      correlationId: 'c1',
      replyTo: 'r1',
      contentType: 'audio/wav',
      headers: { 'x-tries': 3, 'x-reason': 'ünï' },
    };
    await bus.publish({ stream: name }, sent);
    await expect.poll(() => got.length).toBe(1);
    expect(got[0].message).toEqual(sent);
    expect(got[0].redelivered).toBe(false);
    await close();
  });

  test('a message that is not acknowledged is delivered again, marked, when its consumer has gone', async () => {
    const bus = open();
    const name = stream();
    const from = { stream: name, queue: `streams.${name}.q` };
    const first = await consumer(bus, from, { acks: false });
    await bus.publish({ stream: name }, text('one'));
    await bus.publish({ stream: name }, text('two'));
    await expect.poll(first.bodies).toEqual(['one', 'two']);
    first.got[0].ack();
    await first.close();
    expect(first.got[1].live).toBe(false);
    const second = await consumer(bus, from);
    await expect.poll(second.bodies).toEqual(['two']);
    expect(second.got[0].redelivered).toBe(true);
    await second.close();
    await bus.removeQueue(from.queue);
  });

  test('a message that is given back is delivered again at once, marked', async () => {
    const bus = open();
    const name = stream();
    const { got, close } = await consumer(bus, { stream: name }, { acks: false });
    await bus.publish({ stream: name }, text('again'));
    await expect.poll(() => got.length).toBe(1);
    got[0].giveBack();
    await expect.poll(() => got.length).toBe(2);
    expect([got[0].live, got[1].redelivered, got[1].live]).toEqual([false, true, true]);
    await close();
  });

  test('a message that a paused consumer gives back goes to the next one, and the others it can still acknowledge', async () => {
    const bus = open();
    const name = stream();
    const from = { stream: name, queue: `streams.${name}.q` };
    const first = await consumer(bus, from, { acks: false });
    for (const body of ['done', 'back']) await bus.publish({ stream: name }, text(body));
    await expect.poll(first.bodies).toEqual(['done', 'back']);
    const paused = first.pause();
    first.got[1].giveBack();
    await paused;
    first.got[0].ack();
    const second = await consumer(bus, from);
    await expect.poll(second.bodies).toEqual(['back']);
    await first.close();
    await bus.publish({ stream: name }, text('last'));
    await expect.poll(second.bodies).toEqual(['back', 'last']);
    expect(first.got).toHaveLength(2);
    await second.close();
    await bus.removeQueue(from.queue);
  });

  test('a consumer has at most its prefetch in hand', async () => {
    const bus = open();
    const name = stream();
    const { got, bodies, close } = await consumer(bus, { stream: name }, { prefetch: 2, acks: false });
    for (const body of ['1', '2', '3', '4']) await bus.publish({ stream: name }, text(body));
    await expect.poll(bodies).toEqual(['1', '2']);
    got[1].ack();
    await expect.poll(bodies).toEqual(['1', '2', '3']);
    await close();
  });

  test('a durable queue collects while it has no consumer, and is emptied when it is removed', async () => {
    const bus = open();
    const name = stream();
    const from = { stream: name, queue: `streams.${name}.q` };
    await (await consumer(bus, from)).close();
    await bus.publish({ stream: name }, text('kept'));
    const later = await consumer(bus, from);
    await expect.poll(later.bodies).toEqual(['kept']);
    await later.close();
    await bus.removeQueue(from.queue);
    await bus.publish({ stream: name }, text('to nobody'));
    const anew = await consumer(bus, from);
    await bus.publish({ stream: name }, text('new'));
    await expect.poll(anew.bodies).toEqual(['new']);
    await anew.close();
    await bus.removeQueue(from.queue);
  });

  test('a durable queue that was only declared collects for a later consumer', async () => {
    const bus = open();
    const name = stream();
    const from = { stream: name, queue: `streams.${name}.q` };
    await bus.declareQueue(from);
    await bus.publish({ stream: name }, text('kept'));
    await bus.declareQueue(from);
    const later = await consumer(bus, from);
    await expect.poll(later.bodies).toEqual(['kept']);
    await later.close();
    await bus.removeQueue(from.queue);
  });

  test('a message can be published to a queue by its name, as dead letters are', async () => {
    const bus = open();
    const queue = deadQueueOf(stream());
    await bus.publish({ queue }, text('dead', { headers: { 'x-reason': 'why' } }));
    const { got, bodies, close } = await consumer(bus, { queue });
    await expect.poll(bodies).toEqual(['dead']);
    expect(got[0].message.headers).toMatchObject({ 'x-reason': 'why' });
    await close();
    await bus.removeQueue(queue);
  });

  test('with a hundred publishers at once no message is lost, and none is delivered twice', async () => {
    const bus = open();
    const name = stream();
    const { bodies, close } = await consumer(bus, { stream: name }, { prefetch: 7 });
    const sent = Array.from({ length: 100 }, (_, index) => String(index));
    await Promise.all(sent.map((body) => bus.publish({ stream: name }, text(body))));
    await expect.poll(() => bodies().length).toBe(100);
    expect(new Set(bodies())).toEqual(new Set(sent));
    await close();
  });

  test('a closed bus takes no more messages', async () => {
    const bus = open();
    await bus.close();
    expect(bus.state).toBe('closed');
    await expect(bus.publish({ stream: 'x' }, text('late'))).rejects.toMatchObject({ code: 'bus_unavailable' });
  });
}
