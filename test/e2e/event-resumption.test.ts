// A reader of /api/event/ that comes back has lost nothing, or is told so; what it asks for wrongly is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventsHeard, readEvents, shortOf } from '../support/event-stream.js';
import { defined, shell } from '../support/programs.js';
import { next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ KEEP_EVENTS: '100' });
});
afterAll(() => server.stop());

const noMessage = { input_adapter: { input_type: 'none' } };

async function send(method: string, path: string, body?: unknown) {
  const answer = await server.send({ method, path, body });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer;
}

const lane = (limit: number) => send('PATCH', '/api/lane/io/', { limit });
const limitsOf = ({ heard }: EventsHeard) => heard().flatMap(({ json }) => json.data.limit ?? []);

async function limits(events: EventsHeard, expected: number[]): Promise<void> {
  await until(
    () => limitsOf(events),
    (found) => found.length >= expected.length,
  );
  expect(limitsOf(events)).toEqual(expected);
}

describe('a reader', () => {
  test('that comes back gets what it has missed, once, and is not greeted again', async () => {
    const first = await readEvents(server, { query: 'type=lane' });
    const opened = await first.hears('events.opened');
    await lane(11);
    await lane(12);
    await limits(first, [11, 12]);
    const [, after11] = first.heard();
    first.leave();
    await lane(13);
    const ways = [
      { from: after11.resume },
      { query: `after=${after11.resume}&type=lane` },
      { query: 'type=lane&-after=x', from: after11.resume },
    ];
    for (const way of ways) {
      const again = await readEvents(server, { query: 'type=lane', ...way });
      await limits(again, [12, 13]);
      expect(again.heard().map(shortOf)).toEqual(['lane.changed', 'lane.changed']);
      again.leave();
    }
    const fromStart = await readEvents(server, { from: opened.resume, query: '-type=lane' });
    await limits(fromStart, [11, 12, 13]);
    fromStart.leave();
  });

  test('gets the types that it names', async () => {
    const events = await readEvents(server, { query: 'type=io.process-registry.run.finished.v1,definition.rem&type=lane' });
    const path = await defined(server, shell('true', noMessage));
    const run = (await send('POST', `${path}execute/`)).headers['run-id'] as string;
    await send('DELETE', path);
    await lane(14);
    await events.hears('lane.changed');
    expect(events.types().sort()).toEqual(['definition.removed', 'lane.changed', 'run.finished']);
    expect(events.heard()[1].json.subject).toBe(run);
    events.leave();
  });

  test('that comes back too late is told that it has lost events, and hears of what follows', async () => {
    const first = await readEvents(server);
    const { resume } = await first.hears('events.opened');
    for (let limit = 1; limit <= 101; limit++) await lane(limit);
    await until(
      () => limitsOf(first).length,
      (count) => count === 101,
    );
    const late = await readEvents(server, { from: resume });
    await late.hears('events.lost');
    await lane(500);
    await limits(late, [500]);
    expect(late.heard().map(shortOf)).toEqual(['events.lost', 'lane.changed']);
    first.leave();
    late.leave();
  });

  test('that does not see what happens comes back later than that without a loss', async () => {
    await server.user('quiet:pw', 'viewer');
    const quiet = await readEvents(server, { login: 'quiet:pw', query: 'type=user' });
    for (let limit = 1; limit <= 101; limit++) await lane(limit);
    // the first is that of the beginning
    const [, from] = await until(
      () => quiet.points ?? [],
      ({ length }) => length > 1,
    );
    quiet.leave();
    const again = await readEvents(server, { login: 'quiet:pw', from });
    await lane(600);
    await again.hears('lane.changed');
    expect(again.heard().map(shortOf)).not.toContain('events.lost');
    again.leave();
  });

  test('is told that events are lost when very many definitions change at once', async () => {
    const events = await readEvents(server);
    const objects = Array.from({ length: 1001 }, () => ({ definition: { exec: '/bin/true' } }));
    await send('PATCH', '/api/process_definition/', { objects });
    await events.hears('events.lost');
    expect(events.types()).toEqual([]);
    await lane(700);
    await events.hears('lane.changed');
    events.leave();
  });

  test.each([
    ['from=1', "unknown filter 'from'"],
    ['after=17', 'after must be the id of an event'],
    ['type=runs', 'type must be beginnings'],
    ['type=', 'type must be beginnings'],
    ['-run=tr', 'run must be ids of runs'],
    [`-run=${Array.from({ length: 17 }, (_, index) => `00000000-0000-7000-8000-0000000000${10 + index}`)}`, 'at most 16 runs'],
  ])('that asks for %s is refused', async (query, why) => {
    await expect(readEvents(server, { query })).rejects.toThrow(new RegExp(`^Error: 400 .*${why}|^400 .*${why}`));
  });

  test('that asks for the head gets the head', async () => {
    const { status, headers, bytes } = await server.send({ method: 'HEAD', path: '/api/event/' });
    expect([status, headers['content-type'], bytes.length]).toEqual([200, 'text/event-stream', 0]);
  });
});

test('a server that stops ends the stream at once, and the next one tells who comes back that events are lost', async () => {
  const events = await readEvents(server);
  const { resume } = await events.hears('events.opened');
  const beganMs = performance.now();
  await server.stop({ keep: true });
  await events.over;
  expect(performance.now() - beganMs).toBeLessThan(4500);
  server = await next(server);
  const again = await readEvents(server, { from: resume });
  await again.hears('events.lost');
  await lane(9);
  await limits(again, [9]);
  again.leave();
});
