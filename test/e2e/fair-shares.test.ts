// No user takes the whole server: runs of others start while one user's wait, and the one who has too many is refused alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProc } from '../support/processes.js';
import { defined, shell } from '../support/programs.js';
import { crash, next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const settings = {
  LANES: 'io=0,one=1,other=0',
  QUEUE_LIMIT: '20',
  USER_MAX_RUNS: '3',
  USER_QUEUE_LIMIT: '8',
  MAX_PROCESSES: '50',
  GRACE: '0.2',
};
const [greedy, modest, third] = ['greedy:password', 'modest:password', 'third:password'];

let server: TestServer;
beforeAll(async () => {
  server = await startServer(settings);
  for (const login of [greedy, modest, third]) await server.user(login, 'author');
});
afterAll(() => server.stop());

const submit = (path: string, login: string, query = '') =>
  server.send({ method: 'POST', path: `${path}execute/${query}`, login, headers: { prefer: 'respond-async' } });

async function submitted(path: string, login: string, query = ''): Promise<string> {
  const { status, json, text } = await submit(path, login, query);
  expect(status, text).toBe(202);
  return json.resource_uri;
}

const shared = (program: object) => defined(server, { ...program, visibility: 'shared' });
const ended = async (run: string) => (await server.send({ path: `${run}wait/?timeout=30` })).json;
const stateOf = async (run: string) => (await server.send({ path: run })).json.state;
const stop = (run: string) => server.send({ method: 'POST', path: `${run}stop/` });
const stopAll = () => server.send({ method: 'POST', path: '/api/server/stop-runs/' });

/** The names in the order of their starts. */
async function started(runs: Record<string, string>): Promise<string[]> {
  const records = await Promise.all(Object.entries(runs).map(async ([name, run]) => ({ name, at: (await ended(run)).started_at })));
  return records.sort((one, other) => (one.at < other.at ? -1 : 1)).map(({ name }) => name);
}

test('a lane takes its next run from the users in turn, and from one user by priority and age', async () => {
  const holding = await submitted(await shared(shell('sleep 600', { lane: 'one' })), third);
  const path = await shared(shell('true', { lane: 'one' }));
  const runs: Record<string, string> = {};
  for (const [name, query] of Object.entries({ g1: '', g2: '', g3: '?priority=9', g4: '' }))
    runs[name] = await submitted(path, greedy, query);
  for (const name of ['m1', 'm2']) runs[name] = await submitted(path, modest);
  await stop(holding);
  expect(await started(runs)).toEqual(['g3', 'm1', 'g1', 'm2', 'g2', 'g4']);
});

test('beyond USER_MAX_RUNS over all lanes runs of this user wait, and others start', async () => {
  const hold = await shared(shell('sleep 600'));
  const elsewhere = await shared(shell('sleep 600', { lane: 'other' }));
  const runs = [await submitted(hold, greedy), await submitted(elsewhere, greedy), await submitted(hold, greedy)];
  const waiting = await submitted(elsewhere, greedy);
  expect(await stateOf(waiting)).toBe('queued');
  expect((await server.send({ method: 'POST', path: `${await shared(shell('echo here'))}execute/`, login: modest })).text).toBe('here\n');
  await stop(runs[0]);
  expect(
    await until(
      () => stateOf(waiting),
      (state) => state === 'running',
    ),
  ).toBe('running');
  await stopAll();
});

test('beyond USER_QUEUE_LIMIT the user is refused with its own figures, also by the next server, and others are not', async () => {
  const path = await shared(shell('sleep 600', { lane: 'one' }));
  for (let count = 0; count < 9; count++) await submitted(path, greedy);
  const refused = await submit(path, greedy);
  expect([refused.status, refused.json]).toMatchObject([503, { code: 'queue_full', waiting: 8, running: 1, limit: 8 }]);
  expect(refused.json.error).toBe('8 runs of this user are already waiting (USER_QUEUE_LIMIT)');
  const other = await submitted(path, modest);
  await crash(server);
  server = await next(server, settings);
  expect((await submit(path, greedy)).json).toMatchObject({ waiting: 8 });
  const { text } = await server.send({ method: 'POST', path: `${await shared(shell('echo here'))}execute/`, login: modest });
  expect([text, await stateOf(other)]).toEqual(['here\n', 'queued']);
  await stopAll();
});

/** Each of its processes starts others, as fast as it can. */
const bomb = {
  exec: '/usr/bin/python3',
  argv: ['-c', 'import os\nprint("lit", flush=True)\nwhile True:\n  try: os.fork()\n  except OSError: pass'],
  visibility: 'shared',
};
/** The kernel shares the processors among sessions; else a bomb takes as many shares as it has processes. */
const groupsSessions = readProc('sys', 'kernel/sched_autogroup_enabled').trim() === '1';

test('while one user has all of its runs, its queue and a fork bomb, another is answered within a second', async () => {
  const lit = await submitted(await defined(server, bomb), greedy);
  const hold = await shared(shell('sleep 600'));
  for (let count = 0; count < 10; count++) await submitted(hold, greedy);
  expect((await submit(hold, greedy)).json).toMatchObject({ code: 'queue_full', waiting: 8, running: 3, limit: 8 });
  await until(
    async () => (await server.send({ path: `${lit}log/` })).text,
    (text) => text.includes('lit'),
  );
  const path = await shared({ exec: '/usr/bin/tr', argv: ['x', 'y'] });
  const tookMs: number[] = [];
  for (let count = 0; count < 5; count++) {
    const beginMs = performance.now();
    expect((await server.send({ method: 'POST', path: `${path}execute/`, body: 'axb', login: modest })).text).toBe('ayb');
    tookMs.push(performance.now() - beginMs);
  }
  if (groupsSessions) expect(Math.max(...tookMs)).toBeLessThan(1000);
  await stopAll();
});
