// A run whose takeover ends the server: it is taken over alone next, then set aside, and never stops the boot for good.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectedBy, writeDeadlyAdapters } from '../support/deadly-adapters.js';
import { initOf, kill9, launcherOf } from '../support/processes.js';
import { defined, shell } from '../support/programs.js';
import { crash, endOf, idOf, next, running, until } from '../support/restarts.js';
import { runRole } from '../support/role.js';
import { removeFolder, startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-takeovers-'));
const settings = { PLUGINS: join(folder, 'deadly.mjs') };
beforeAll(() => writeDeadlyAdapters(settings.PLUGINS));
afterAll(() => rmSync(folder, { recursive: true }));

const marks = ({ dataDir }: TestServer) => readdirSync(join(dataDir, 'runs')).filter((name) => name.endsWith('.takeover'));

/** Starts servers on the same data until one lives to see the end of this run; resolves with it, and how many died before. */
async function survivor(first: TestServer, run: string): Promise<{ server: TestServer; deaths: number }> {
  for (let deaths = 0; deaths < 8; deaths++) {
    const server = await next(first, settings).catch(() => null);
    if (!server) continue;
    const died = new Promise<false>((resolve) => void server.process.once('exit', () => resolve(false)));
    const ended = endOf(server, run).then(
      ({ state }) => state === 'finished',
      () => died,
    );
    if (await Promise.race([ended, died])) return { server, deaths };
  }
  throw new Error('no server stays');
}

/** A server with a run that kills each server which collects it, and with others; the server is dead. */
async function deadly(way: string) {
  const first = await startServer(settings);
  const others = {
    goesOn: await running(first, shell('sleep 1000')),
    ends: await running(first, shell('sleep 2; echo done')),
  };
  const guilty = await running(first, shell('sleep 1; echo said', collectedBy(way)));
  await crash(first);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  return { first, others, guilty };
}

describe.concurrent('a run that ends each server which takes it over', { timeout: 180_000 }, () => {
  test.each([
    ['by an error that nobody catches', 'fails_later', 2],
    ['by SIGKILL', 'kills', 6],
  ])('%s is set aside, and all others are taken over', async (_how, way, deathsBefore) => {
    const { first, others, guilty } = await deadly(way);
    const { server, deaths } = await survivor(first, guilty);
    expect(deaths).toBe(deathsBefore);
    const record = (await server.send({ path: guilty })).json;
    expect(record).toMatchObject({ state: 'finished', end_reason: 'lost', success: false, attempt: 1 });
    expect(record.error).toMatch(/^set aside: the server ended each time/);
    expect(server.said()).toContain(`run ${idOf(guilty)} is set aside`);
    expect((await server.send({ path: others.goesOn })).json).toMatchObject({ state: 'running', attempt: 1 });
    expect(await endOf(server, others.ends)).toMatchObject({ end_reason: 'exit', exit_code: 0, attempt: 1 });
    await until(
      () => marks(first),
      (names) => names.length === 0,
    );
    const doctor = await runRole(['doctor'], { DATA_DIR: first.dataDir });
    expect(doctor.stdout).toContain(`run set aside: ${idOf(guilty)}: the server ended each time`);
    expect((await server.send({ method: 'DELETE', path: guilty })).status).toBe(204);
    await server.stop();
  });

  test('is stopped by `stop-all` while neither a server nor its launcher runs', async () => {
    const first = await startServer(settings);
    const guilty = await running(first, shell('sleep 1; echo said; exit 3', collectedBy('fails_later')));
    await crash(first);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    // and its launcher has gone as well
    kill9(launcherOf(first.dataDir));
    await until(
      () => launcherOf(first.dataDir),
      (pid) => pid === undefined,
    );
    const { code, stdout } = await runRole(['stop-all'], { DATA_DIR: first.dataDir });
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 runs that were left in its database were ended')]);
    const { server, deaths } = await survivor(first, guilty);
    expect(deaths).toBe(0);
    expect((await server.send({ path: guilty })).json).toMatchObject({
      state: 'finished',
      end_reason: 'stop',
      success: false,
      exit_code: 3,
    });
    expect((await server.send({ path: `${guilty}log/` })).text).toBe('said\n');
    await server.stop();
  });

  test('leaves no process, when its program still ran as it was set aside', async () => {
    const first = await startServer(settings);
    const run = await running(first, shell('trap "" TERM; sleep 1000'));
    await crash(first);
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(first.dataDir, 'registry.sqlite'));
    database.prepare('UPDATE run SET run_order = ? WHERE id = ?').run('{"definition": 7}', idOf(run));
    database.close();
    const server = await next(first, settings);
    const record = await until(
      async () => (await server.send({ path: run })).json,
      ({ state }) => state === 'finished',
    );
    expect(record).toMatchObject({
      end_reason: 'lost',
      error: "set aside: in the stored order 'definition' is missing or has a wrong form",
    });
    await until(
      () => initOf(idOf(run)),
      (pid) => pid === undefined,
    );
    await server.stop();
  });
});

test('a server that is stopped while it takes runs over leaves no mark', async () => {
  const first = await startServer(settings);
  await running(first, shell('sleep 1000'));
  await crash(first);
  const second = await next(first, settings);
  expect(await second.stop({ keep: true })).toBe(0);
  expect(marks(first)).toEqual([]);
  const third = await next(first, settings);
  await defined(third, shell('true'));
  await third.stop();
  if (existsSync(first.dataDir)) await removeFolder(first.dataDir);
});
