// When the launcher leaves by itself, and when it stays.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initOf, launcherOf, runs } from '../support/processes.js';
import { execute, shell } from '../support/programs.js';
import { crash, endOf, idOf, next, running, until } from '../support/restarts.js';
import { removeFolder, startServer } from '../support/server.js';

describe.concurrent('the launcher leaves', () => {
  const gone = async (pid: number): Promise<number> => {
    const beganMs = performance.now();
    await until(
      () => runs(pid),
      (left) => !left,
    );
    return performance.now() - beganMs;
  };

  test('when it has had neither a server nor a run for a few seconds', async () => {
    const server = await startServer();
    await execute(server, shell('true'));
    const pid = launcherOf(server.dataDir) as number;
    await server.stop({ keep: true });
    await sleep(2500);
    expect(runs(pid)).toBe(true);
    expect(await gone(pid)).toBeLessThan(7000);
    await removeFolder(server.dataDir);
  });

  test('not while a run is running', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 9; exit 7'));
    const pid = launcherOf(first.dataDir) as number;
    await crash(first);
    await sleep(7500);
    expect(runs(pid)).toBe(true);
    const server = await next(first);
    expect(await endOf(server, run)).toMatchObject({ exit_code: 7 });
    await server.stop();
  });

  test('when its folder is removed, after ending its runs', async () => {
    const server = await startServer({ GRACE: '1' });
    const run = await running(server, shell("trap '' TERM; while :; do sleep 0.1; done"));
    const [pid, init] = [launcherOf(server.dataDir) as number, initOf(idOf(run)) as number];
    expect([runs(pid), runs(init)]).toEqual([true, true]);
    await crash(server);
    await removeFolder(server.dataDir);
    expect(await gone(pid)).toBeLessThan(7000);
    expect(runs(init)).toBe(false);
  });
});
