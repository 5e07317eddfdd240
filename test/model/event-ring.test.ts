// The ring of events: bounded in number and in bytes, without a gap that it does not know of.
import { expect, test } from 'vitest';
import { EventRing } from '../../src/events/event-ring.js';

function filled(count: number, bounds: { events: number; bytes: number }): EventRing {
  const ring = new EventRing(bounds);
  for (let number = 1; number <= count; number++) ring.add({ number, type: 'lane.changed', seenBy: {}, json: Buffer.alloc(10) });
  return ring;
}

const numbers = (ring: EventRing, after: number, bytes = 1000) => ring.after(after, bytes).map(({ number }) => number);

test.each([
  ['all fit', 5, { events: 10, bytes: 1000 }, 0],
  ['the number is bounded', 25, { events: 10, bytes: 1000 }, 15],
  ['the bytes are bounded', 25, { events: 10, bytes: 35 }, 22],
  ['one is larger than the bound', 3, { events: 10, bytes: 5 }, 3],
])('%s', (_what, count, bounds, reached) => {
  const ring = filled(count, bounds);
  expect(ring.last).toBe(count);
  for (let number = 0; number <= count + 1; number++) expect(ring.reaches(number), `${number}`).toBe(number >= reached && number <= count);
  expect(numbers(ring, reached)).toEqual(Array.from({ length: count - reached }, (_, index) => reached + index + 1));
});

test('events that are not kept leave a gap that is known, and nothing before it', () => {
  const ring = filled(5, { events: 10, bytes: 1000 });
  ring.skip();
  expect([ring.last, ring.reaches(5), ring.reaches(6)]).toEqual([6, false, true]);
  ring.add({ number: 7, type: 'lane.changed', seenBy: {}, json: Buffer.alloc(10) });
  expect([ring.reaches(5), numbers(ring, 6)]).toEqual([false, [7]]);
});

test('as many as have the bytes are given, and at least one', () => {
  const ring = filled(5, { events: 10, bytes: 1000 });
  expect([numbers(ring, 0, 25), numbers(ring, 3, 1), numbers(ring, 5)]).toEqual([[1, 2, 3], [4], []]);
});
