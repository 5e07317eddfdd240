// Services outlive the server, whether it is killed or stopped, and those that ended with the machine start again.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initOf, runs as isAlive, kill9 } from '../support/processes.js';
import { crash, endOf, idOf, killLauncher, next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { echoScript, messagesOf, once, say, service, startService, texts } from '../support/services.js';

const stop = (server: TestServer, run: string) => server.send({ method: 'POST', path: `${run}stop/` });
/** Prints what it reads, and besides counts ten times a second. */
const counting = `while :; do echo tick; sleep 0.1; done & ${echoScript}`;

describe.concurrent('a service', { timeout: 120_000 }, () => {
  test.each(['pidns', 'process'])('at %s keeps running after kill -9 of the server, with its messages exactly once', async (ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const { definition, run } = await startService(
      first,
      service(`n=0; while sleep 0.05; do n=$((n+1)); echo "tick $n"; done & ${echoScript}`),
    );
    await say(first, definition, 'before');
    await messagesOf(first, run, { count: 20 });
    const { pid } = (await first.send({ path: run })).json;
    await crash(first);
    await sleep(1500);
    expect(isAlive(pid)).toBe(true);
    const server = await next(first, { ISOLATION });
    const adopted = await say(server, definition, 'after');
    expect(adopted).toMatchObject({ status: 202, json: { resource_uri: run, pid, attempt: 1, ready: true, state: 'running' } });
    const seen = texts(await messagesOf(server, run, { until: ' after\n' }));
    const ticks = seen.filter((text) => text.startsWith('tick'));
    expect(ticks).toEqual(ticks.map((_, index) => `tick ${index + 1}\n`));
    const spoken = seen.filter((text) => !text.startsWith('tick'));
    expect(spoken.map((text) => text.split(' ')[1])).toEqual(['before\n', 'after\n']);
    expect(new Set(spoken.map((text) => text.split(' ')[0])).size).toBe(1);
    await stop(server, run);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', attempt: 1 });
    await server.stop();
  });

  test('that ended while no server ran is started again by the next one', async () => {
    const first = await startServer();
    const { run } = await startService(first, service('echo up; read -r line; sleep 1; echo bye; exit 4', { restart: { backoff: 0.2 } }));
    await first.send({ method: 'POST', path: `${run}message/`, body: 'end' });
    await crash(first);
    await sleep(2500);
    const server = await next(first);
    expect(texts(await messagesOf(server, run, { count: 3 }))).toEqual(['up\n', 'bye\n', 'up\n']);
    expect(await once(server, run, ({ state }) => state === 'running')).toMatchObject({ attempt: 2 });
    await stop(server, run);
    await endOf(server, run);
    await server.stop();
  });

  test.each([
    ['is started again', {}, 2],
    ['with the mode never is lost', { restart: { mode: 'never' } }, 1],
  ])('whose processes are gone after the boot %s', async (_what, more, attempt) => {
    const first = await startServer();
    const { run } = await startService(first, service(`echo up; ${echoScript}`, more));
    await messagesOf(first, run, { count: 1 });
    await crash(first);
    killLauncher(first);
    kill9(initOf(idOf(run)));
    const server = await next(first);
    if (attempt === 2) {
      expect(await once(server, run, ({ ready, attempt: now }) => ready && now === 2)).toMatchObject({ state: 'running' });
      expect(texts(await messagesOf(server, run, { count: 2 }))).toEqual(['up\n', 'up\n']);
      await stop(server, run);
    }
    expect(await endOf(server, run)).toMatchObject({ end_reason: attempt === 2 ? 'stop' : 'lost', attempt });
    await server.stop();
  });

  test('is left running by TERM, and by default continues under the next server', async () => {
    const first = await startServer();
    const { definition, run } = await startService(first, service(echoScript));
    const { pid } = await once(first, run, ({ ready }) => ready);
    expect(await first.stop({ keep: true })).toBe(0);
    expect(isAlive(pid)).toBe(true);
    const server = await next(first);
    expect((await say(server, definition, 'x')).json).toMatchObject({ resource_uri: run, pid, attempt: 1 });
    await stop(server, run);
    await endOf(server, run);
    await server.stop();
  });

  test.each([
    ['ON_SHUTDOWN=wait', { ON_SHUTDOWN: 'wait' }, 'SIGTERM'],
    ['ON_SHUTDOWN=stop', { ON_SHUTDOWN: 'stop' }, 'SIGTERM'],
    ['Ctrl-C', {}, 'SIGINT'],
  ] as const)('is stopped at the end of the server (%s), and started again by the next one', async (_how, settings, signal) => {
    const first = await startServer({ GRACE: '1', ...settings });
    const { run } = await startService(first, service(`trap '' TERM; ${counting}`));
    const { pid } = await once(first, run, ({ ready }) => ready);
    const ended = new Promise((resolve) => first.process.once('exit', resolve));
    first.process.kill(signal);
    expect(await ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
    const server = await next(first);
    const again = await once(server, run, ({ ready }) => ready);
    expect(again).toMatchObject({ state: 'running', attempt: 2 });
    expect(again.pid).not.toBe(pid);
    await stop(server, run);
    await endOf(server, run);
    await server.stop();
  });

  test('that a user has stopped is not started again by the next server', async () => {
    const first = await startServer();
    const { run } = await startService(first, service(`trap '' TERM; echo up; while :; do sleep 1; done`, { stop: { grace: 3 } }));
    await messagesOf(first, run, { count: 1 });
    await stop(first, run);
    await once(first, run, ({ state }) => state === 'stopping');
    await sleep(100);
    await crash(first);
    await sleep(3500);
    const server = await next(first);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', attempt: 1 });
    await server.stop();
  });
});
