// What stays in memory of a run that has ended: nothing that grows with the number of runs until the next major collection.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const usedBytes = `process.getBuiltinModule('v8').getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size`;
const countMajors = `globalThis.majors = 0; const { PerformanceObserver, constants } = process.getBuiltinModule('perf_hooks');
  new PerformanceObserver((list) => { for (const { detail } of list.getEntries()) majors += detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR; })
  .observe({ entryTypes: ['gc'] }); 0`;

let server: TestServer;
let inspector: WebSocket;
beforeAll(async () => {
  server = await startServer({ NODE_OPTIONS: '--inspect=127.0.0.1:0' });
  inspector = new WebSocket(/ws:\/\/\S+/.exec(server.said())?.[0] as string);
  await new Promise((resolve) => inspector.addEventListener('open', resolve, { once: true }));
});
afterAll(async () => {
  inspector.close();
  await server.stop();
});

function evaluated(expression: string): Promise<number> {
  return new Promise((resolve) => {
    inspector.addEventListener('message', ({ data }) => resolve(JSON.parse(data).result.result.value), { once: true });
    inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }));
  });
}

/** By fetch, which keeps its connections. */
async function execute(path: string, times: number): Promise<void> {
  let left = times;
  const headers = { authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}` };
  const one = async () => {
    while (left-- > 0) {
      const answer = await fetch(`${server.url}${path}execute/`, { method: 'POST', headers });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

test('a run leaves less than 1 KB that only a major collection frees', async () => {
  const path = await defined(server, { exec: '/bin/true', input_adapter: { input_type: 'none' } });
  // the first runs make code, which stays as well
  await execute(path, 1000);
  // a server collects once, three seconds after its start
  await sleep(4000);
  await evaluated(countMajors);
  let keptBytes = 0;
  // a collection in the middle would hide what is kept: such a round says nothing
  for (let rounds = 0; rounds < 5; rounds++) {
    await evaluated('majors = 0');
    const formerBytes = await evaluated(usedBytes);
    await execute(path, 1000);
    keptBytes = (await evaluated(usedBytes)) - formerBytes;
    if ((await evaluated('majors')) === 0) break;
  }
  expect(await evaluated('majors')).toBe(0);
  expect(keptBytes / 1000).toBeLessThan(1024);
}, 120_000);
