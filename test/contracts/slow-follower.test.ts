// A follower of a stream that takes nothing holds its bounded queue, and hardly more.
import { expect, test } from 'vitest';
import { Streams } from '../../src/bindings/streams.js';
import { queueBounds } from '../../src/bus/bus.js';
import { Buses } from '../../src/bus/buses.js';

test('a follower that stalls has at most two messages in hand besides its queue, and gets the newest when it continues', async () => {
  const streams = new Streams(await Buses.open(undefined));
  const from = streams.named('slow', null);
  const passed: number[] = [];
  let goOn: () => void = () => {};
  const stalled = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const subscription = streams.follow(from, async ({ headers }) => {
    await stalled;
    passed.push(headers?.number as number);
  });
  await subscription.opened;
  const [count, room] = [200, queueBounds.bytes / 2 ** 20];
  const body = Buffer.alloc(2 ** 20);
  for (let number = 0; number < count; number++) {
    await streams.publish(from, { body, headers: { number } });
    // deliveries come in a later turn
    await new Promise((resolve) => setImmediate(resolve));
  }
  goOn();
  await expect.poll(() => passed.at(-1)).toBe(count - 1);
  expect(passed.length).toBeLessThanOrEqual(room + 2);
  expect(passed.length).toBeGreaterThan(room / 2);
  await subscription.close();
});
