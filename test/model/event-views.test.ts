// What all readers of events who see the same share: found alike however they ask for it, and bounded over all of them.
import { expect, test } from 'vitest';
import { Batches } from '../../src/api/events/batches.js';
import { readEventQuery } from '../../src/api/events/event-query.js';
import { EventView } from '../../src/api/events/event-view.js';
import { sse } from '../../src/api/events/wires.js';
import { changeTypes } from '../../src/events/change.js';
import { Events } from '../../src/events/events.js';
import type { Request } from '../../src/http/request.js';

const route = { routeOptions: { config: {} } } as Request;
const typesOf = (query: string) => readEventQuery({ ...route, url: `/api/event/?${query}`, headers: {} } as Request).types;

test.each([
  ['type=run.removed,lane', 'type=lane,lane.changed&-type=run.rem,run.removed,l,l,l', ['run.removed', 'lane.changed']],
  ['type=io.process-registry.user.created.v1', 'type=user.cr,user.cre,user.created', ['user.created']],
  ['', `type=${'r,'.repeat(4000)}d,r,s,b,l,u,t`, [...changeTypes]],
])('%s is the same as %s', (one, other, expected) => {
  expect(typesOf(one)).toEqual(expected);
  expect(typesOf(other)).toEqual(typesOf(one));
});

const count = 1000;
const batchesOfView = 8;

/** Walks over all events, as a reader does; the batches. */
function walked(view: EventView) {
  const batches = [];
  for (let at = 0; at < count; at = batches[batches.length - 1].upTo) batches.push(view.after(at));
  return batches;
}

test('batches are held for views with several readers only, and few of them, until the next event', () => {
  const events = new Events(count, '');
  events.enter();
  const publish = () => events.publish(() => ({ type: 'lane.changed', subject: 'io', data: { name: 'x'.repeat(450) }, seenBy: {} }));
  for (let number = 1; number <= count; number++) publish();
  const all = new Batches();
  const views = Array.from({ length: 100 }, (_, userId) => {
    const view = new EventView(events, { viewer: { userId, username: '', role: 'viewer' }, types: changeTypes }, sse, all);
    view.readers = userId === 0 ? 1 : 2;
    return view;
  });
  const made = views.map(walked);
  expect(made[0].length).toBeGreaterThanOrEqual(batchesOfView);
  const isHeld = (view: EventView, at: number, batch: unknown) => all.find(view, at, events.last) === batch;
  const held = () =>
    views.map((view, index) => made[index].filter((batch, at) => isHeld(view, made[index][at - 1]?.upTo ?? 0, batch)).length);
  expect(held()[0]).toBe(0);
  expect(held()[99]).toBe(made[99].length);
  expect(held().reduce((sum, one) => sum + one)).toBeLessThanOrEqual(128);
  expect(walked(views[99])[0]).toBe(made[99][0]);
  publish();
  expect(held().reduce((sum, one) => sum + one)).toBe(0);
});
