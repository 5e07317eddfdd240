// How long a server keeps /health/live waiting, while something else is asked of it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './http.js';
import type { TestServer } from './server.js';

const pauseMs = 10;

/** Asks all the time, until `act` has ended. `longestMs`: without the time for which a busy machine let the server or the test wait. */
export async function livenessDuring<Result>(
  server: TestServer,
  act: () => Promise<Result>,
): Promise<{ result: Result; longestMs: number }> {
  const asked: number[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      asked.push(await waitedMs(server));
      await sleep(pauseMs);
    }
  })();
  const result = await act().finally(() => {
    isOver = true;
  });
  await asking;
  return { result, longestMs: asked.reduce((longest, one) => Math.max(longest, one), 0) };
}

async function waitedMs(server: TestServer): Promise<number> {
  const queued = () => queuedMs(server.pid) + queuedMs(process.pid);
  const [begunMs, before] = [performance.now(), queued()];
  const { status } = await send(server.url, { path: '/health/live' });
  if (status !== 200) throw new Error(`/health/live answered ${status}`);
  return performance.now() - begunMs - (queued() - before);
}

/** How long the main thread of a process was ready to run while another one ran; 0 where the kernel does not say. */
function queuedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
