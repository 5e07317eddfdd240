// A temporary shortage of descriptors or processes: runs wait and do not fail, ready says what is short, and they start afterwards.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot } from '../support/hostile.js';
import { leave } from '../support/leaving.js';
import { childrenOf, descriptorsOf, launcherOf, leftAfter, processesWith, runs } from '../support/processes.js';
import { defined, shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { createdRun, stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

/** No more than every machine allows. */
const plenty = 4096;
/** Its soft limit. */
const limit = (pid: number, descriptors: number) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:`]);

describe.each(['process', 'pidns'])('at level %s', (level) => {
  let server: TestServer;
  let launcher: number;
  let path: string;

  beforeAll(async () => {
    server = await startServer({ ISOLATION: level, LANES: 'io=64' });
    path = await defined(server, shell('sleep 0.5; cat'));
    launcher = launcherOf(server.dataDir) as number;
  });
  afterAll(() => server.stop());

  /** The launcher and its starters, which hold the pipes of programs. */
  const limitAll = (descriptors: (pid: number) => number) => {
    const starters = processesWith('procreg-starter\0').filter((pid) => childrenOf(launcher).some((child) => child.pid === pid));
    for (const pid of [launcher, ...starters]) limit(pid, descriptors(pid));
  };
  const begin = async () =>
    (await server.send({ method: 'POST', path: `${path}execute/`, body: 'x', headers: { prefer: 'respond-async' } })).json;
  const ready = async () => {
    const { status, json } = await server.send({ path: '/health/ready', login: '' });
    return `${status} ${json.detail ?? ''}`;
  };
  const ends = async () =>
    (await server.send({ path: '/api/run/?limit=1000' })).json.objects.map(
      ({ state, end_reason }: { state: string; end_reason: string }) => end_reason ?? state,
    );
  const allEnded = () => until(ends, (found) => found.every((end: string) => end === 'exit'));

  test('40 runs at once all succeed although the launcher has descriptors for only a few', async () => {
    limitAll((pid) => descriptorsOf(pid) + 25);
    try {
      const begun = await Promise.all(Array.from({ length: 40 }, begin));
      expect(begun.map(({ state }) => state)).not.toContain('finished');
      await allEnded();
    } finally {
      limitAll(() => plenty);
    }
    expect(runs(launcher)).toBe(true);
    await until(ready, (said) => said.startsWith('200'));
  });

  test('a run that waits for descriptors is reported by ready, can be stopped, and starts when there are some', async () => {
    // an init that rests would take it without a further descriptor
    expect(await leftAfter(10_000, () => processesWith(`procreg-init\0rests\0${join(server.dataDir, 'runs')}`))).toEqual([]);
    limitAll(() => 4);
    try {
      const [first, second] = [await begin(), await begin()];
      await until(ready, (said) => /^503 the server has no descriptors left for another run/.test(said));
      expect(await stopped(server, first.resource_uri)).toMatchObject({ end_reason: 'cancelled', pid: null });
      limitAll(() => plenty);
      const { json } = await server.send({ path: `${second.resource_uri}wait/?timeout=30` });
      expect(json).toMatchObject({ end_reason: 'exit', exit_code: 0 });
      await until(ready, (said) => said.startsWith('200'));
    } finally {
      limitAll(() => plenty);
    }
  });
});

test('a server with 128 descriptors, 60 of them for followers, accepts requests and completes 60 runs', async () => {
  const server = await startServer({ LANES: 'io=64' }, { descriptors: 128 });
  const path = await defined(server, shell('sleep 0.3; cat'));
  const followed = await createdRun(server, 'true');
  const followers = Array.from({ length: 60 }, () => leave(server, { method: 'GET', path: `${followed}events/`, staysMs: 4000 }));
  for (let batch = 0; batch < 6; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        server.send({ method: 'POST', path: `${path}execute/`, body: 'x', headers: { prefer: 'respond-async' } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  }
  await Promise.all(followers);
  const ends = async () => (await server.send({ path: `/api/run/?limit=100&definition=${path}` })).json.objects;
  const ended = await until(ends, (found) => found.every(({ state }: { state: string }) => state === 'finished'));
  expect(ended.map(({ end_reason }: { end_reason: string }) => end_reason)).toEqual(Array.from({ length: 60 }, () => 'exit'));
  await server.stop();
});

test('a run whose own limit of processes or descriptors is too low fails at once', async () => {
  const server = await startServer();
  const limited = await defined(server, { ...shell('cat /dev/null'), limits: { open_files: 1 } });
  expect((await server.send({ method: 'POST', path: `${limited}execute/` })).status).toBe(422);
  expect((await server.send({ path: '/health/ready' })).status).toBe(200);
  await server.stop();
});

describe('a WORK_DIR that is removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-work-'));
  let server: TestServer;
  beforeAll(async () => {
    chmodSync(folder, 0o755);
    server = await startServer({ WORK_DIR: join(folder, 'work') });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['work', 'work/*'])('is created again for the next run: %s', async (removed) => {
    const path = await defined(server, shell('pwd; touch left; cat'));
    const run = () => server.send({ method: 'POST', path: `${path}execute/`, body: 'x' });
    for (let time = 0; time < 3; time++) expect((await run()).status).toBe(200);
    execFileSync('sh', ['-c', `rm -rf ${join(folder, removed)}`]);
    for (let time = 0; time < 3; time++) {
      const { status, text } = await run();
      expect([status, text]).toEqual([200, expect.stringContaining(join(folder, 'work'))]);
    }
    expect((await server.send({ path: '/health/ready' })).status).toBe(200);
  });

  test('is created again together with DATA_DIR/runs, whose removal ends the launcher', async () => {
    const path = await defined(server, shell('cat'));
    rmSync(join(server.dataDir, 'runs'), { recursive: true });
    const status = async () => (await server.send({ method: 'POST', path: `${path}execute/`, body: 'x' })).status;
    await until(status, (code) => code === 200 && existsSync(join(server.dataDir, 'runs')));
  });

  test.runIf(isRoot)('is reported by ready when it cannot be created again', async () => {
    rmSync(join(folder, 'work'), { recursive: true });
    execFileSync('touch', [join(folder, 'work')]);
    const { status, json } = await server.send({ path: '/health/ready' });
    expect([status, json.code]).toEqual([503, 'not_ready']);
    rmSync(join(folder, 'work'));
    expect((await server.send({ path: '/health/ready' })).status).toBe(200);
  });
});
