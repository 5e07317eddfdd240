// What becomes of runs when the server is asked to end: ON_SHUTDOWN for TERM, and Ctrl-C.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runs } from '../support/processes.js';
import { defined, shell } from '../support/programs.js';
import { endOf, logOf, next, running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const program = shell('echo a; sleep 4; echo b; exit 7');

/** A server with one run that is running and one that waits, ended by the signal; how long that took. */
async function ended(signal: NodeJS.Signals, settings: Record<string, string>) {
  const first = await startServer({ LANES: 'io=1', GRACE: '1', ...settings });
  const ran = await running(first, program);
  const path = `${await defined(first, shell('echo later'))}execute/`;
  const queued: string = (await first.send({ method: 'POST', path, headers: { prefer: 'respond-async' } })).json.resource_uri;
  await sleep(300);
  const beganMs = performance.now();
  const exit = once(first.process, 'exit');
  process.kill(first.pid, signal);
  const [code] = await exit;
  expect(code, first.said()).toBe(0);
  return { first, ran, queued, tookMs: performance.now() - beganMs };
}

/** What waited is not lost, however the server ended. */
async function finish(server: TestServer, queued: string): Promise<void> {
  expect(await endOf(server, queued)).toMatchObject({ success: true, attempt: 1 });
  await server.stop();
}

describe.concurrent('a server that is asked to end', { timeout: 120_000 }, () => {
  test.each(['pidns', 'process'])('by TERM leaves its runs to the next one (%s)', async (ISOLATION) => {
    const { first, ran, queued, tookMs } = await ended('SIGTERM', { ISOLATION });
    expect(tookMs).toBeLessThan(3500);
    const server = await next(first, { ISOLATION });
    expect(await endOf(server, ran)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect(await logOf(server, ran)).toBe('a\nb\n');
    await finish(server, queued);
  });

  test.each(['pidns', 'process'])('by TERM with ON_SHUTDOWN=stop stops them (%s)', async (ISOLATION) => {
    const { first, ran, queued, tookMs } = await ended('SIGTERM', { ON_SHUTDOWN: 'stop', ISOLATION });
    expect(tookMs).toBeLessThan(3500);
    const server = await next(first, { ISOLATION });
    expect((await server.send({ path: ran })).json).toMatchObject({ state: 'finished', end_reason: 'stop', signal: 'SIGTERM' });
    await finish(server, queued);
  });

  test('by TERM with ON_SHUTDOWN=wait waits for their end', async () => {
    const { first, ran, queued, tookMs } = await ended('SIGTERM', { ON_SHUTDOWN: 'wait' });
    expect(tookMs).toBeGreaterThan(2000);
    const server = await next(first);
    expect((await server.send({ path: ran })).json).toMatchObject({ state: 'finished', end_reason: 'exit', exit_code: 7 });
    await finish(server, queued);
  });

  test('gives a run that Node has started its own grace', async () => {
    const first = await startServer({ LAUNCHER: 'child_process', GRACE: '0.5' });
    const slow = shell('trap "sleep 5; echo tidied; exit 3" TERM; echo began; while true; do sleep 0.1; done', { stop: { grace: 15 } });
    const path = await running(first, slow);
    const exit = once(first.process, 'exit');
    process.kill(first.pid, 'SIGTERM');
    expect(await exit).toEqual([0, null]);
    const server = await next(first, { LAUNCHER: 'child_process' });
    expect((await server.send({ path })).json).toMatchObject({ state: 'finished', end_reason: 'stop', exit_code: 3 });
    expect(await logOf(server, path)).toMatch(/^began\n.*tidied\n$/s);
    await server.stop();
  });

  test('leaves no program of Node behind when a second signal ends it at once', async () => {
    const server = await startServer({ LAUNCHER: 'child_process', GRACE: '0.5' });
    const path = await running(server, shell('trap "" TERM; while true; do sleep 0.1; done', { stop: { grace: 60 } }));
    const { pid } = (await server.send({ path })).json;
    const exit = once(server.process, 'exit');
    process.kill(server.pid, 'SIGTERM');
    await sleep(300);
    process.kill(server.pid, 'SIGTERM');
    await exit;
    await until(
      () => runs(pid),
      (alive) => !alive,
    );
  });

  test('by Ctrl-C stops running runs and keeps waiting ones', async () => {
    const { first, ran, queued, tookMs } = await ended('SIGINT', {});
    expect(tookMs).toBeLessThan(3500);
    const server = await next(first);
    expect((await server.send({ path: ran })).json).toMatchObject({ state: 'finished', end_reason: 'stop', signal: 'SIGTERM' });
    await finish(server, queued);
  });
});
