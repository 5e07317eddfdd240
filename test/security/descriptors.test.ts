// Whatever kind of run it is, and however it ends, the descriptors that were opened for it are closed: of the server and of the launcher.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptorsOf, launcherOf, leftAfter } from '../support/processes.js';
import { shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { executed, forget } from './descriptor-acts.js';
import { kinds, large } from './descriptor-kinds.js';

const times = 6;
const atOnce = 3;
/** What else a server may have open now and then. */
const tolerance = 3;

describe.each(['native', 'child_process'])('with the launcher %s', (launcher) => {
  let server: TestServer;
  let launcherBefore = 0;

  beforeAll(async () => {
    forget();
    server = await startServer({ GRACE: '1', LAUNCHER: launcher, LANES: 'io=16' });
    await Promise.all(Array.from({ length: atOnce }, () => executed(shell('cat'), large)(server)));
    await settledRuns();
    if (launcher === 'native') launcherBefore = await resting();
  });
  afterAll(() => server.stop());

  const settledRuns = async () => {
    const unfinished = async () => (await server.send({ path: '/api/run/?state=queued,starting,running,stopping' })).json.meta.total_count;
    await until(unfinished, (count) => count === 0);
  };
  /** What the launcher has open when nothing runs and no init rests. */
  const resting = async () => {
    await sleep(7000);
    return descriptorsOf(launcherOf(server.dataDir) as number);
  };

  const possible = Object.entries(kinds).filter(([name]) => launcher === 'native' || !/terminal|code of/.test(name));
  test.each(possible)('%s leaves no descriptor in the server', { timeout: 120_000 }, async (_name, act) => {
    await act(server);
    await settledRuns();
    await sleep(100);
    const before = descriptorsOf(server.pid);
    for (let done = 0; done < times; done += atOnce) await Promise.all(Array.from({ length: atOnce }, () => act(server)));
    await settledRuns();
    const more = () => (descriptorsOf(server.pid) - before <= tolerance ? [] : [descriptorsOf(server.pid) - before]);
    expect(await leftAfter(8000, more)).toEqual([]);
  });

  if (launcher === 'native') {
    test('all of them leave no descriptor in the launcher', { timeout: 30_000 }, async () => {
      expect((await resting()) - launcherBefore).toBeLessThanOrEqual(tolerance);
    });
  }
});
