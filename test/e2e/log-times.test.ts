// The times of a log: before each line, in events, and as the time from which it is read.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ran, shell } from '../support/programs.js';
import { idOf, running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let run: string;
let middle: string;
beforeAll(async () => {
  server = await startServer();
  // a line in two parts, and a pause in which the time is noted
  const script =
    'printf one; sleep 0.2; echo " and"; echo err >&2; sleep 0.5; date -u +%FT%T.%3NZ > middle; sleep 0.5; echo two; printf end';
  run = await ran(server, shell(script));
  middle = (await server.send({ path: `${run}files/middle` })).text.trim();
});
afterAll(() => server.stop());
const log = (query: string, headers = {}) => server.send({ path: `${run}log/?${query}`, headers });
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('timestamps=1 puts the time before each line, when its first byte was read', async () => {
  const lines = (await log('timestamps=1')).text.split('\n').map((line) => [line.slice(0, 24), line.slice(25)]);
  expect(lines.map(([, line]) => line)).toEqual(['one and', 'err', 'two', 'end']);
  const times = lines.map(([at]) => at);
  for (const at of times) expect(at).toMatch(time);
  expect(times.toSorted()).toEqual(times);
  const { started_at, finished_at } = (await server.send({ path: run })).json;
  expect([started_at <= times[0], times[3] <= finished_at]).toEqual([true, true]);
  expect(Date.parse(times[1]) - Date.parse(times[0])).toBeGreaterThan(150);
  expect((await log('timestamps=1&stream=stderr')).text).toMatch(/^\S{24} err\n$/);
});

test('events have the time as a field, which is that of the line', async () => {
  const { text } = await log('follow=1', { accept: 'text/event-stream' });
  const events = [...text.matchAll(/^event: std(?:out|err)\nid: \d+\ntime: (.*)\n(?:data: .*\n)+\n/gm)];
  expect(events.length).toBeGreaterThanOrEqual(4);
  expect(events[0][1]).toBe((await log('timestamps=1')).text.slice(0, 24));
});

test('since= leaves out what was written before, also in events', async () => {
  const since = new Date(Date.parse(middle)).toISOString();
  const inZone = `${new Date(Date.parse(middle) + 3_600_000).toISOString().slice(0, -1)}%2B01:00`;
  for (const query of [since, inZone]) expect((await log(`since=${query}`)).text).toBe('two\nend');
  expect((await log('since=1h')).text).toBe('one and\nerr\ntwo\nend');
  expect((await log('since=0s')).text).toBe('');
  expect((await log('since=2999-01-01T00:00:00Z')).text).toBe('');
  const { text } = await log(`since=${since}&follow=1`, { accept: 'text/event-stream' });
  expect(text.match(/^data: (?:one|two|end)/gm)?.[0]).toBe('data: two');
});

test.each(['yesterday', '10', '-5m', '2026-13-01T00:00:00Z', '2026-01-31', '2026-01-31T12:00:00', ''])(
  'since=%s is a 400',
  async (since) => {
    const { status, json } = await log(`since=${encodeURIComponent(since)}`);
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect(json.detail).toContain('10m');
  },
);

test('since= of a run that is followed continues with what comes', async () => {
  const script = 'echo old; while [ ! -e go ]; do sleep 0.05; done; echo new';
  for (const accept of ['*/*', 'text/event-stream']) {
    const other = await running(server, shell(script));
    await until(
      () => server.send({ path: `${other}log/` }),
      ({ text }) => text === 'old\n',
    );
    const followed = server.send({ path: `${other}log/?follow=1&since=0s`, headers: { accept } });
    await server.send({ method: 'PUT', path: `${other}files/go`, body: 'go' });
    expect((await followed).text.match(/^(data: )?(old|new)$/gm)?.map((line) => line.slice(-3))).toEqual(['new']);
  }
});

test('a log without bytes is empty', async () => {
  const other = await ran(server, shell(':'));
  expect((await server.send({ path: `${other}log/?timestamps=1&since=1d` })).text).toBe('');
});

test('that a log cannot be read to its end is in the log of the server', async () => {
  const other = await ran(server, shell('head -c 300000 /dev/zero'));
  appendFileSync(join(server.dataDir, 'runs', idOf(other), 'log'), Buffer.alloc(100, 255));
  await expect(server.send({ path: `${other}log/?timestamps=1` })).rejects.toThrow();
  await until(server.said, (said) => said.includes('a log could not be sent to its end'));
});
