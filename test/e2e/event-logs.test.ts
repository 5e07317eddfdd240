// The logs of runs at /api/event/, and the WebSocket: nothing is lost or comes twice over any number of connections.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventsAsked, type EventsHeard, type HeardEvent, logIn, readEvents, readFrames, shortOf } from '../support/event-stream.js';
import { ran, shell } from '../support/programs.js';
import { idOf, running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { made } from '../support/web-socket.js';
import { waitFor } from '../support/worker.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ KEEP_EVENTS: '1000' });
});
afterAll(() => server.stop());

const noMessage = { input_adapter: { input_type: 'none' } };
const lane = (limit: number) => server.send({ method: 'PATCH', path: '/api/lane/io/', body: { limit } });
const put = (path: string, name: string) => server.send({ method: 'PUT', path: `${path}files/${name}`, body: '' });
const lines = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join('');

/** Writes slowly once it may. */
const slowly = (name: string, count: number) =>
  shell(`${waitFor('go')}; for i in $(seq ${count}); do echo "${name} $i"; sleep 0.005; done`, noMessage);

const ways: [string, (server: TestServer, asked: EventsAsked) => Promise<EventsHeard>][] = [
  ['Server-Sent Events', readEvents],
  ['a WebSocket', readFrames],
];

describe.each(ways)('over %s', (_way, read) => {
  test('the logs of several runs and all changes come once, over many connections', async () => {
    const [one, two] = await Promise.all(['one', 'two'].map((name) => running(server, slowly(name, 150))));
    const query = `-run=${idOf(one)},${idOf(two)}`;
    const all: HeardEvent[] = [];
    let from: string | undefined;
    await Promise.all([put(one, 'go'), put(two, 'go')]);
    for (let time = 1; ; time++) {
      const reader = await read(server, { query, from });
      await lane(time);
      await until(
        () => reader.heard(),
        (heard) => heard.some(({ json }) => json.data?.limit === time),
      );
      reader.leave();
      const heard = reader.heard();
      all.push(...heard);
      from = heard.at(-1)?.resume;
      const ends = all.filter((event) => shortOf(event) === 'run.log.ended');
      if (ends.length === 2) break;
    }
    expect(logIn(all, idOf(one))).toBe(lines('one', 150));
    expect(logIn(all, idOf(two))).toBe(lines('two', 150));
    const limits = all.flatMap(({ json }) => json.data?.limit ?? []);
    expect(limits).toEqual(limits.map((_, index) => index + 1));
    expect(limits.length).toBeGreaterThan(3);
    expect(all.map(shortOf)).not.toContain('events.lost');
    const after = await read(server, { query, from });
    await lane(1000);
    await after.hears('lane.changed');
    expect(after.heard().map(shortOf)).toEqual(['lane.changed']);
    after.leave();
  });

  test('bytes, large writes and both streams come as they were written', async () => {
    const script = 'head -c 200000 /dev/zero | tr "\\0" x; echo late >&2; printf "\\377\\n"';
    const run = await ran(server, shell(script, noMessage));
    const reader = await read(server, { query: `run=${idOf(run)}` });
    await reader.hears('run.log.ended', idOf(run));
    const whole = (await server.send({ path: `${run}log/` })).bytes;
    expect(logIn(reader.heard(), idOf(run))).toBe(whole.toString());
    expect((await reader.hears('run.stderr')).json).toMatchObject({ subject: idOf(run), data: 'late\n', source: '/api/run/' });
    reader.leave();
  });

  test('a run is followed from its start, and a reader comes back after it was removed', async () => {
    const run = await made(server, { ...shell('echo begun'), start: false });
    const reader = await read(server, { query: `run=${idOf(run)}` });
    await reader.hears('events.opened');
    await server.send({ method: 'POST', path: `${run}start/` });
    await reader.hears('run.log.ended');
    expect(logIn(reader.heard(), idOf(run))).toBe('begun\n');
    reader.leave();
    await server.send({ method: 'DELETE', path: run });
    const again = await read(server, { query: `run=${idOf(run)}`, from: reader.heard().at(-1)?.resume });
    await again.hears('run.removed', idOf(run));
    again.leave();
    await expect(read(server, { query: `run=${idOf(run)}` })).rejects.toThrow(/^404 /);
  });

  test('a point that the log of the run does not have is refused', async () => {
    const run = await ran(server, shell('seq 100', noMessage));
    const reader = await read(server, {});
    const { resume } = await reader.hears('events.opened');
    reader.leave();
    const at = (point: number | string) =>
      read(server, { query: `run=${idOf(run)}`, from: `${resume.slice(0, 16)}-1;${idOf(run)}:${point}` });
    for (const point of [5, 1e9]) await expect(at(point)).rejects.toThrow(/^400 /);
    await expect(at('begin')).rejects.toThrow(/^400 /);
  });
});

/** What the system holds for the client of this port, because the client does not read; NaN while there is no such connection. */
function unread(clientPort: number): number {
  const remote = `:${clientPort.toString(16).toUpperCase().padStart(4, '0')}`;
  const connections = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  const fields = connections.map((line) => line.trim().split(/\s+/)).find(([, , to]) => to?.endsWith(remote));
  return Number.parseInt(fields?.[4] ?? '', 16);
}

/** Resolves when nothing more fits into the connection. */
async function full(clientPort: number): Promise<void> {
  let [former, same] = [0, 0];
  await until(
    async () => {
      await sleep(100);
      const now = unread(clientPort);
      same = now > 0 && now === former ? same + 1 : 0;
      former = now;
      return same;
    },
    (times) => times >= 5,
  );
}

test('a reader that stalls holds little in the server, is told of its loss, and delays nobody', async () => {
  const bytes = 16e6;
  const run = await ran(server, shell(`head -c ${bytes} /dev/zero | tr "\\0" x`, noMessage));
  const stalled = await readEvents(server, { query: `run=${idOf(run)}` });
  stalled.answer?.pause();
  await full(stalled.answer?.socket.localPort as number);
  const other = await readEvents(server);
  const objects = Array.from({ length: 400 }, () => ({ definition: { exec: '/bin/true' } }));
  for (let turn = 1; turn < 5; turn++) {
    const { status } = await server.send({ method: 'PUT', path: '/api/process_definition/', body: { objects } });
    expect(status).toBeLessThan(300);
    await lane(turn);
    await until(
      () => other.heard(),
      (heard) => heard.some(({ json }) => json.data.limit === turn),
    );
  }
  expect(other.heard().map(shortOf)).not.toContain('events.lost');
  stalled.answer?.resume();
  await stalled.hears('run.log.ended');
  await stalled.hears('events.lost');
  await lane(5);
  const heard = await until(
    () => stalled.heard(),
    (events) => events.some(({ json }) => json.data.limit === 5),
  );
  expect(logIn(heard, idOf(run)).length).toBe(bytes);
  // what was written before its connection was full has come
  const others = heard.filter(({ json }) => json.source !== '/api/run/').map(shortOf);
  expect(others.slice(-2)).toEqual(['events.lost', 'lane.changed']);
  for (const { leave } of [other, stalled]) leave();
});
